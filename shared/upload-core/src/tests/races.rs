//! 2 to 16 twins and now and then a canceller work on one upload at once, over a store whose create-only is not atomic: within its window
//! two puts of one step may both succeed, and the last stays.

use super::{
    clock,
    crash_points::CrashPoints,
    deliveries::{End, assert_nothing_open, assert_published, deliver_to_machine, read_record, settle},
    memory::{Memory, Quirks},
    request_for,
};
use crate::{
    ledger::{State, StepKind},
    *,
};
use futures_util::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Seeds of each mode.
const SEEDS: u64 = 500;
const SIZE: usize = (1 << 18) + 1;
const WINDOW: Duration = Duration::from_millis(500);
/// No run takes longer than this, however often it is frozen.
const LONG: Duration = Duration::from_secs(24 * 3600);

/// How often something happened over all seeds: an event that never happens proves nothing.
#[derive(Debug, Default)]
struct Tally {
    published: u32,
    aside: u32,
    crashed: u32,
    takeovers: u32,
    superseded: u32,
    cancelled: u32,
    too_late: u32,
}

/// A machine to which the event is delivered a few times where it crashes or steps aside.
async fn run_twin(
    memory: &Memory,
    mode: Mode,
    crowded: bool,
    mut chance: StdRng,
) -> Vec<End<PublishedVideo>> {
    let crash_points = CrashPoints::chaotic(chance.random());
    // Half of them come at once: within the window of each other.
    let first = if chance.random() { 400 } else { 3000 };
    let later = if crowded { 2000 } else { 40_000 };
    deliver_to_machine(memory, mode, crash_points, [first, later], &mut chance).await
}

async fn run_canceller(memory: &Memory, mode: Mode, mut chance: StdRng) -> End<()> {
    let crash_points = CrashPoints::chaotic(chance.random());
    let seen = memory.seen_through(crash_points.clone());
    let latest = if chance.random() { 4000 } else { 60_000 };
    sleep(Duration::from_millis(chance.random_range(0..latest))).await;
    let request = request_for(memory, mode).await.expect("the object is there");
    let id = UploadId::new(&request.object, &request.job);
    let ledger = seen.ledger();
    Box::pin(crash_points.machine(cancel(&ledger, &seen, &id))).await
}

/// Deletes every lease now and then: the next attempt takes the upload over, whatever its holder does.
async fn forget_leases(memory: &Memory, mut chance: StdRng) {
    loop {
        sleep(Duration::from_millis(chance.random_range(0..600))).await;
        memory.ledger.world().entries.retain(|key, _| !key.starts_with("lease/"));
    }
}

async fn race(mode: Mode, seed: u64, tally: &mut Tally) {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut quirks = Quirks::choose(&Quirks::all(), &mut chance);
    if chance.random_ratio(7, 8) {
        quirks.hides_video_id = false;
    }
    let memory = Memory::with_quirks(quirks, SIZE);
    memory.ledger.race(WINDOW, seed);
    if chance.random_ratio(1, 3) {
        memory.world().credentials_life = Duration::from_secs(chance.random_range(20..600));
    }
    let count = chance.random_range(2..=16);
    let cancellers = if seed.is_multiple_of(2) { chance.random_range(1..=3) } else { 0 };
    // Takeovers regard no lease.
    let crowded = seed.is_multiple_of(3);
    let mut on_machines = |n| -> Vec<_> {
        (0..n).map(|_| (chance.random_range(-3600..=3600), StdRng::seed_from_u64(chance.random()))).collect()
    };
    let twins = on_machines(count).into_iter();
    let twins =
        twins.map(|(ahead, chance)| clock::on_a_machine(ahead, run_twin(&memory, mode, crowded, chance)));
    let cancels = on_machines(cancellers).into_iter();
    let cancels =
        cancels.map(|(ahead, chance)| clock::on_a_machine(ahead, run_canceller(&memory, mode, chance)));
    let all = Box::pin(async { tokio::join!(join_all(twins), join_all(cancels)) });
    let forgets = forget_leases(&memory, StdRng::seed_from_u64(seed));
    let (ends, cancels) = tokio::select! {
        ended = timeout(LONG, all) => ended.expect("they come to an end"),
        () = forgets, if crowded => unreachable!("it never ends"),
    };
    let what = format!("{mode:?}, seed {seed}, quirks {quirks:?}, {count} twins, {cancellers} cancellers");
    let last = Box::pin(settle(&memory, mode)).await;
    tally.count(ends.into_iter().flatten().collect(), cancels, &last, &memory, &what);
    let record = read_record(&memory).await;
    let committed = record.history.iter().filter(|entry| entry.step.kind() == StepKind::Committed).count();
    assert_eq!(record.state == State::Committed, last.is_ok(), "{what}: {:?}", record.state);
    assert_eq!(committed, usize::from(last.is_ok()), "{what}");
    tally.takeovers += record.epoch - 1;
    Box::pin(assert_nothing_open(&memory, &what)).await;
}

impl Tally {
    /// Compares the results of all runs with the videos at Youku and the result of the last delivery.
    fn count(
        &mut self,
        ends: Vec<End<PublishedVideo>>,
        cancels: Vec<End<()>>,
        last: &Result<PublishedVideo, Error>,
        memory: &Memory,
        what: &str,
    ) {
        let given_up = last.as_ref().is_err_and(|error| error.kind() == ErrorKind::Cancelled);
        if given_up {
            assert!(!cancels.is_empty(), "{what}: nobody cancelled it");
            assert_eq!(memory.world().videos.len(), 0, "{what}: a video of a cancelled upload");
        } else {
            assert_published(memory, last, what);
        }
        for ended in cancels {
            match ended {
                None => self.crashed += 1,
                Some(Ok(())) => {
                    assert!(given_up, "{what}: answered that it is cancelled: {last:?}");
                    self.cancelled += 1;
                }
                Some(Err(error)) => {
                    let known = [
                        ErrorKind::NoSuchUpload,
                        ErrorKind::WrongState,
                        ErrorKind::InProgress,
                        ErrorKind::Ledger,
                    ];
                    assert!(known.contains(&error.kind()), "{what}: {error:?}");
                    self.too_late += 1;
                }
            }
        }
        let unknown = last.as_ref().is_err_and(|error| error.kind() == ErrorKind::CommitUnknown);
        for ended in ends {
            match ended {
                None => self.crashed += 1,
                Some(Ok(published)) => {
                    let last = last.as_ref().expect("one run published it");
                    assert_eq!(published.video_id, last.video_id, "{what}");
                    self.published += 1;
                }
                Some(Err(error)) => {
                    let kind = error.kind();
                    let aside = [ErrorKind::InProgress, ErrorKind::Superseded, ErrorKind::Ledger];
                    let known = aside.contains(&kind)
                        || (kind == ErrorKind::Cancelled && given_up)
                        || (kind == ErrorKind::CommitUnknown && unknown);
                    assert!(known, "{what}: {error:?}, in the end {last:?}");
                    self.superseded += u32::from(kind == ErrorKind::Superseded);
                    self.aside += 1;
                }
            }
        }
    }
}

async fn race_all_seeds(mode: Mode) {
    let mut tally = Tally::default();
    for seed in 0..SEEDS {
        Box::pin(race(mode, seed, &mut tally)).await;
    }
    let Tally { published, aside, crashed, takeovers, superseded, cancelled, too_late } = tally;
    let often = [published, aside, crashed, takeovers, superseded];
    let seldom = [cancelled, too_late];
    assert!(often.iter().all(|times| *times > 200) && seldom.iter().all(|times| *times > 20), "{tally:?}");
}

#[tokio::test(start_paused = true)]
async fn in_oss_mode_racing_twins_publish_one_video_or_none() {
    Box::pin(race_all_seeds(Mode::Oss)).await;
}

#[tokio::test(start_paused = true)]
async fn in_slice_mode_racing_twins_publish_one_video_or_none() {
    Box::pin(race_all_seeds(Mode::Slice)).await;
}
