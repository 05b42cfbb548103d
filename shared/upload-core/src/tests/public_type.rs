//! Event and task meet at one object that states who may watch: in any order and interleaving the video is never public.

use super::{
    crash_points::CrashPoints,
    deliveries::LEASE,
    job,
    memory::{Memory, Quirks},
};
use crate::{
    intake::rules::{Rule, Rules},
    ledger::UploadRequest,
    model::metadata::PublicType,
    *,
};
use futures_util::future::join;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;
use std::time::{Duration, SystemTime};
use tokio::time::sleep;

const SEEDS: u64 = 120;

/// Where it is stated who may watch.
#[derive(Debug, Clone, Copy)]
enum Statement {
    Metadata(PublicType),
    Sidecar,
    Rule,
}

impl Statement {
    fn audience(self) -> PublicType {
        match self {
            Self::Metadata(public_type) => public_type,
            Self::Sidecar | Self::Rule => PublicType::Friend,
        }
    }

    fn rules(self) -> Rules {
        let stated = if matches!(self, Self::Rule) { "friend" } else { "all" };
        let rule = json!({"bucket": "b", "account": "main", "public_type": stated});
        let rule: Rule = serde_json::from_value(rule).expect("a rule");
        Rules::new(vec![rule]).expect("rules")
    }

    fn apply(self, memory: &Memory) {
        let mut world = memory.world();
        match self {
            Self::Metadata(public_type) => {
                let password = ("youku-watch-password", "open");
                let password = Some(password).filter(|_| public_type == PublicType::Password);
                let stated = [("youku-public-type", public_type.as_str())].into_iter().chain(password);
                world.user_metadata = stated.map(|(name, value)| (name.into(), value.into())).collect();
            }
            Self::Sidecar => world.sidecar = Some(r#"{"public_type":"friend"}"#.into()),
            Self::Rule => {}
        }
    }
}

/// The entrypoint of a request.
#[derive(Debug, Clone, Copy)]
enum Entrypoint {
    Event,
    Task,
}

/// Delivers the request until it settles, at a machine that crashes and stalls at random.
async fn deliver(memory: &Memory, rules: &Rules, entrypoint: Entrypoint, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    let crash_points = CrashPoints::chaotic(chance.random());
    let seen = memory.seen_through(crash_points.clone());
    sleep(Duration::from_millis(chance.random_range(0..3000))).await;
    for _ in 0..100 {
        let run = async {
            seen.uploader().upload(&request_by(&seen, rules, entrypoint).await?, &RunContext::default()).await
        };
        if let Some(Ok(_)) = Box::pin(crash_points.machine(run)).await {
            return;
        }
        sleep(LEASE).await;
    }
}

async fn request_by(memory: &Memory, rules: &Rules, entrypoint: Entrypoint) -> Result<UploadRequest, Error> {
    let automatic = IntakePolicy {
        rules,
        reserved: &[],
        paused: false,
        mode: Mode::Slice,
        retry: RetryPolicy::default(),
        manage: Default::default(),
        now: SystemTime::UNIX_EPOCH,
    };
    let job = job(Mode::Slice);
    let (job, object) = match entrypoint {
        Entrypoint::Task => automatic.complete(memory, job).await?,
        Entrypoint::Event => match automatic.decide(memory, &job.location, Some(1)).await? {
            Decision::Upload { job, object, .. } => (*job, *object),
            Decision::Skip(reason) => return Err(Error::new(ErrorKind::Failed, "decide", reason)),
        },
    };
    Ok(UploadRequest::new(job, object))
}

async fn deliver_both(statement: Statement, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    // Whatever the quirks, except for those that keep the video's fate unknown.
    let quirks = Quirks::choose(&Quirks::all(), &mut chance);
    let memory =
        Memory::with_quirks(Quirks { refuses_second_commit: false, hides_video_id: false, ..quirks }, 1000);
    statement.apply(&memory);
    let rules = statement.rules();
    let event = deliver(&memory, &rules, Entrypoint::Event, chance.random());
    let task = deliver(&memory, &rules, Entrypoint::Task, chance.random());
    join(event, task).await;
    assert_eq!(memory.audiences(), [Some(statement.audience())], "{statement:?}, seed {seed}");
}

#[tokio::test(start_paused = true)]
async fn an_event_and_a_task_never_make_a_private_object_public() {
    let all = [
        Statement::Metadata(PublicType::Friend),
        Statement::Metadata(PublicType::Password),
        Statement::Sidecar,
        Statement::Rule,
    ];
    for statement in all {
        for seed in 0..SEEDS {
            Box::pin(deliver_both(statement, seed)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn in_either_order_the_second_finds_the_first_ones_video() {
    let statement = Statement::Metadata(PublicType::Friend);
    for entrypoints in [[Entrypoint::Event, Entrypoint::Task], [Entrypoint::Task, Entrypoint::Event]] {
        let memory = Memory::with_quirks(Quirks::NONE, 1000);
        statement.apply(&memory);
        let rules = statement.rules();
        for entrypoint in entrypoints {
            let request = request_by(&memory, &rules, entrypoint).await.expect("it may be uploaded");
            let published =
                memory.uploader().upload(&request, &RunContext::default()).await.expect("published");
            assert_eq!(published.audience.public_type, PublicType::Friend, "{entrypoint:?}");
        }
        assert_eq!(memory.audiences(), [Some(PublicType::Friend)], "{entrypoints:?}");
    }
}
