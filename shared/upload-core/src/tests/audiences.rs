//! Event and task meet at one object that says who may watch: in any order and interleaving the video is never public.

use super::{
    deliveries::{LEASE, youku},
    job,
    memory::Memory,
    points::Points,
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

/// Where the object says who may watch.
#[derive(Debug, Clone, Copy)]
enum Says {
    Metadata(PublicType),
    Sidecar,
    Rule,
}

impl Says {
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

    fn tell(self, memory: &Memory) {
        let mut world = memory.world();
        match self {
            Self::Metadata(public_type) => {
                let stated = [("youku-public-type", public_type.as_str()), ("youku-watch-password", "open")];
                world.user_metadata = stated.map(|(name, value)| (name.into(), value.into())).into();
            }
            Self::Sidecar => world.sidecar = Some(r#"{"public_type":"friend"}"#.into()),
            Self::Rule => {}
        }
    }
}

/// By which door the wish comes.
#[derive(Debug, Clone, Copy)]
enum Door {
    Event,
    Task,
}

/// Delivers the wish until it settles, at a machine that crashes and stalls as it likes.
async fn deliver(memory: &Memory, rules: &Rules, door: Door, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    let points = Points::whimsical(chance.random());
    let seen = memory.seen_through(points.clone());
    sleep(Duration::from_millis(chance.random_range(0..3000))).await;
    for _ in 0..100 {
        let run =
            async { seen.uploader().upload(&wish(&seen, rules, door).await?, &RunContext::default()).await };
        if let Some(Ok(_)) = Box::pin(points.machine(run)).await {
            return;
        }
        sleep(LEASE).await;
    }
}

async fn wish(memory: &Memory, rules: &Rules, door: Door) -> Result<UploadRequest, Error> {
    let automatic = IntakePolicy {
        rules,
        reserved: &[],
        paused: false,
        mode: Mode::Slice,
        retry: RetryPolicy::default(),
        now: SystemTime::UNIX_EPOCH,
    };
    let job = job(Mode::Slice);
    let (job, object) = match door {
        Door::Task => automatic.complete(memory, job).await?,
        Door::Event => match automatic.decide(memory, &job.location, 1).await? {
            Decision::Upload { job, object, .. } => (*job, *object),
            Decision::Skip(reason) => return Err(Error::new(ErrorKind::Failed, "decide", reason)),
        },
    };
    Ok(UploadRequest { job, object, requested_key: None, callback: None, caller_account: None })
}

async fn meet(says: Says, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    // Whatever the switches, but for those that keep the video's fate unknown.
    let memory = youku(chance.random_range(0..128) & !0b0000_0101, 1000);
    says.tell(&memory);
    let rules = says.rules();
    let event = deliver(&memory, &rules, Door::Event, chance.random());
    let task = deliver(&memory, &rules, Door::Task, chance.random());
    join(event, task).await;
    assert_eq!(memory.audiences(), [Some(says.audience())], "{says:?}, seed {seed}");
}

#[tokio::test(start_paused = true)]
async fn an_event_and_a_task_never_make_a_private_object_public() {
    let all =
        [Says::Metadata(PublicType::Friend), Says::Metadata(PublicType::Password), Says::Sidecar, Says::Rule];
    for says in all {
        for seed in 0..SEEDS {
            Box::pin(meet(says, seed)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn in_either_order_the_second_finds_the_first_ones_video() {
    let says = Says::Metadata(PublicType::Friend);
    for doors in [[Door::Event, Door::Task], [Door::Task, Door::Event]] {
        let memory = youku(0, 1000);
        says.tell(&memory);
        let rules = says.rules();
        for door in doors {
            let work = wish(&memory, &rules, door).await.expect("it may be uploaded");
            let published = memory.uploader().upload(&work, &RunContext::default()).await.expect("published");
            assert_eq!(published.audience.public_type, PublicType::Friend, "{door:?}");
        }
        assert_eq!(memory.audiences(), [Some(PublicType::Friend)], "{doors:?}");
    }
}
