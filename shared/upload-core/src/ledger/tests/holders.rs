//! Any number of holders take any step at any time, and freeze, die and release at random, over a store that is slow and fails now
//! and then: the ledger reads back to one valid state.

use super::{walked_edges::WalkedEdges, *};
use crate::{ErrorKind, VideoEvent};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use std::cell::RefCell;
use tokio::time::sleep;

const SEEDS: u64 = 9600;
const KINDS: [StepKind; 10] = [
    StepKind::Created,
    StepKind::Transferred,
    StepKind::Committed,
    StepKind::Notified,
    StepKind::Failed,
    StepKind::Cancelled,
    StepKind::Reopened,
    StepKind::Waiting,
    StepKind::Updated,
    StepKind::Scheduled,
];

/// The histories that holders have read or written: the ledger must begin with each of them.
type Reported = RefCell<Vec<Vec<Entry>>>;

async fn pause(chance: &mut StdRng, seconds: u64) {
    sleep(Duration::from_millis(chance.random_range(0..seconds * 1000))).await;
}

/// Mostly a step that the state permits.
fn choose_kind(state: State, chance: &mut StdRng) -> StepKind {
    let permitted = EDGES.iter().filter(|edge| edge.from == state && edge.step != StepKind::Claimed);
    let permitted: Vec<_> = permitted.map(|edge| edge.step).collect();
    let kinds = if chance.random_ratio(1, 8) { &KINDS[..] } else { &permitted };
    *kinds.choose(chance).unwrap_or(&StepKind::Reopened)
}

fn step(kind: StepKind, held: &LeasedUpload, chance: &mut StdRng) -> Step {
    match kind {
        StepKind::Claimed | StepKind::Created => unreachable!("written otherwise"),
        StepKind::Transferred => Step::Transferred(Transferred::default()),
        StepKind::Committed => committed(),
        StepKind::Notified => {
            let code = if chance.random_ratio(1, 4) { "410" } else { "200" };
            let outcome_is_recorded = held.record().state == State::Notified(End::Committed);
            let event = (outcome_is_recorded != chance.random_ratio(1, 8)).then_some(VideoEvent::Ready);
            let is_refusal = held.record().state.is_published() && chance.random_ratio(1, 4);
            let event = if is_refusal { Some(VideoEvent::UpdateRefused) } else { event };
            Step::Notified { code: code.into(), event }
        }
        StepKind::Updated => updated(ChangeOrigin::Sidecar("s".into()), chance.random_ratio(1, 4)),
        // Mostly given up again, so that uploads come to rest.
        StepKind::Scheduled => scheduled(chance.random_ratio(1, 4).then(|| held.lease().now().into())),
        StepKind::Failed => failed(),
        StepKind::Cancelled => Step::Cancelled,
        StepKind::Reopened => {
            let new_session =
                chance.random_ratio(1, 2) && held.record().state.after(&new_session_step()).is_ok();
            if new_session { new_session_step() } else { Step::Reopened(Reopening::default()) }
        }
        StepKind::Waiting => {
            if chance.random_ratio(2, 3) && held.record().state == State::Transferred {
                return Step::Waiting(Waiting { reason: WaitReason::Hash, not_before: None });
            }
            let rest = Duration::from_secs(chance.random_range(0..40));
            waiting(chance.random::<bool>().then(|| (held.lease().now() + rest).into()))
        }
    }
}

fn new_session_step() -> Step {
    Step::Reopened(Reopening { new_session: true, ..Reopening::default() })
}

async fn claim_by_chance(
    ledger: &Ledger,
    request: &UploadRequest,
    chance: &mut StdRng,
) -> Result<Option<LeasedUpload>, Error> {
    let id = id_of(request);
    let claim = match chance.random_range(0..5) {
        4 => return ledger.claim_to_change(&id).await.map(|held| Some(*held)),
        0 => return ledger.reopen(&id, Reopening::default()).await.map(Some),
        1 => ledger.resume(&id).await?,
        _ => ledger.claim(&id, request).await?,
    };
    Ok(match claim {
        Claim::Acquired(held) => Some(*held),
        Claim::Settled(_) => None,
    })
}

/// Takes steps until one cannot be written.
async fn append_steps(
    held: &mut LeasedUpload,
    chance: &mut StdRng,
    reported: &Reported,
) -> Result<(), Error> {
    for _ in 0..chance.random_range(0..5) {
        let seconds = if chance.random_ratio(1, 6) { 60 } else { 3 };
        pause(chance, seconds).await;
        let state = held.record().state;
        let kind = choose_kind(state, chance);
        let (permitted, appended) = if kind == StepKind::Created {
            let permitted = matches!(state, State::Claimed | State::Created | State::HashRefused);
            (permitted, held.append_session(session("1")).await)
        } else {
            let step = step(kind, held, chance);
            (state.after(&step).is_ok(), held.append(step).await)
        };
        match appended {
            Ok(()) => assert!(permitted, "{kind:?} follows {state:?}"),
            Err(error) if permitted => return Err(error),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Ledger, "{kind:?} after {state:?}"),
        }
        reported.borrow_mut().push(held.record().history.clone());
    }
    Ok(())
}

async fn run_holder(ledger: &Ledger, request: &UploadRequest, seed: u64, reported: &Reported) {
    let mut chance = StdRng::seed_from_u64(seed);
    for _ in 0..chance.random_range(1..8) {
        pause(&mut chance, 30).await;
        let mut held = match claim_by_chance(ledger, request, &mut chance).await {
            Ok(Some(held)) => held,
            Ok(None) => continue,
            Err(error) => {
                use ErrorKind as Kind;
                let known = [
                    Kind::InProgress,
                    Kind::Superseded,
                    // Another holder cancelled it meanwhile.
                    Kind::Cancelled,
                    Kind::RateLimited,
                    // It is not known yet, or not one to reopen; the store failed.
                    Kind::InvalidJob,
                    Kind::WrongState,
                    Kind::NoSuchUpload,
                    Kind::Ledger,
                ];
                assert!(known.contains(&error.kind()), "{error:?}");
                continue;
            }
        };
        let keeps = chance.random_ratio(2, 3);
        let lease = held.lease();
        let ended = tokio::select! {
            lost = lease.keep_renewed(UploadedParts::default), if keeps => Err(lost),
            ended = append_steps(&mut held, &mut chance, reported) => ended,
        };
        // Others die where they stand.
        if ended.is_ok() && chance.random_ratio(2, 3) {
            held.release().await;
        }
    }
}

async fn run_holders(seed: u64, times: &mut [u32; 3], walked: &mut WalkedEdges) {
    let store = MemoryStore::chaotic(seed);
    let callback = seed.is_multiple_of(2).then_some("https://example.com");
    let (ledger, mut request, reported) = (ledger(&store), new_request("k", callback), Reported::default());
    if let Some(callback) = request.callback.as_mut().filter(|_| seed % 4 == 2) {
        callback.events = vec![VideoEvent::Ready];
    }
    let holders = (0..2 + seed % 5).map(|n| run_holder(&ledger, &request, seed << 8 | n, &reported));
    futures_util::future::join_all(holders).await;
    store.calm();
    sleep(LIFE * 10).await;
    let id = id_of(&request);
    let before = ledger.read(&id).await.expect("it reads back");
    let mut taken = ledger.claim(&id, &request).await.expect("nobody holds it");
    if let Claim::Settled(_) = taken {
        // As a sweep does with a mark that was left over.
        taken = ledger.resume(&id).await.expect("nobody holds it");
    }
    let record = ledger.read(&id).await.expect("it reads back").expect("it is there");
    for history in reported.into_inner() {
        assert!(record.history.starts_with(&history), "seed {seed}: a holder was told something else");
    }
    let before = before.map(|before| before.history).unwrap_or_default();
    assert!(record.history.starts_with(&before), "seed {seed}: a step was changed");
    let at_rest = matches!(taken, Claim::Settled(_));
    assert_eq!(record.is_settled(), at_rest, "seed {seed}");
    assert_eq!(store.keys("open/").is_empty(), at_rest, "seed {seed}: the mark stands until rest");
    let kinds = record.history.iter().map(|entry| entry.step.kind());
    assert!(kinds.filter(|kind| *kind == StepKind::Committed).count() <= 1, "seed {seed}");
    walked.add(&record.history);
    times[0] += u32::from(at_rest);
    times[1] += record.epoch;
    times[2] += record.sequence();
}

/// Any steps of any holders leave one valid ledger, and every edge of the state machine is walked.
#[test]
fn any_steps_of_any_holders_leave_one_valid_ledger() {
    let (mut times, mut walked) = ([0; 3], WalkedEdges::default());
    for seed in 0..SEEDS {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(run_holders(seed, &mut times, &mut walked));
    }
    let [at_rest, epochs, steps] = times;
    assert!(at_rest > 50 && epochs > 600 && steps > 1200, "too little happens: {times:?}");
    assert_eq!(walked.missing(), Vec::<&str>::new(), "nobody walks these");
}
