//! 2 to 16 twins work on one upload at once, each on a machine with a wrong clock that stalls, freezes and crashes at random.

use super::{
    crash_points::CrashPoints,
    deliveries::{End, assert_nothing_open, assert_published, deliver_to_machine, read_record, settle},
    memory::{Memory, Quirks},
};
use crate::{ledger::StepKind, *};
use futures_util::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::time::Duration;
use tokio::time::timeout;

const SEEDS: u64 = 200;
const SIZE: usize = (1 << 20) + 1;
/// No run takes longer than this, however often it is frozen.
const LONG: Duration = Duration::from_secs(24 * 3600);

/// How often something happened over all seeds: an event that never happens proves nothing.
#[derive(Default)]
struct Tally {
    published: u32,
    aside: u32,
    crashed: u32,
    takeovers: u32,
    sessions: u32,
}

/// A machine to which the event is delivered a few times where it crashes or steps aside.
async fn run_twin(memory: &Memory, mode: Mode, seed: u64) -> Vec<End<PublishedVideo>> {
    let mut chance = StdRng::seed_from_u64(seed);
    let crash_points = CrashPoints::chaotic(chance.random());
    deliver_to_machine(memory, mode, crash_points, [3000, 40_000], &mut chance).await
}

async fn run_twins(mode: Mode, seed: u64, tally: &mut Tally) {
    let mut chance = StdRng::seed_from_u64(seed);
    let quirks = Quirks::choose(&Quirks::of_youku(), &mut chance);
    let memory = Memory::with_quirks(Quirks { hides_video_id: false, ..quirks }, SIZE);
    if chance.random_ratio(1, 3) {
        memory.world().credentials_life = Duration::from_secs(chance.random_range(20..600));
    }
    let count = chance.random_range(2..=16);
    let all = (0..count).map(|_| {
        let (ahead, seed) = (chance.random_range(-3600..=3600), chance.random());
        super::clock::on_a_machine(ahead, run_twin(&memory, mode, seed))
    });
    let all: Vec<_> = all.collect();
    let ends = timeout(LONG, join_all(all)).await.expect("they come to an end");
    let what = format!("{mode:?}, seed {seed}, {count} twins");
    let last = settle(&memory, mode).await;
    assert_published(&memory, &last, &what);
    let video = last.expect("somebody publishes it").video_id;
    for ended in ends.into_iter().flatten() {
        match ended {
            None => tally.crashed += 1,
            Some(Ok(published)) => {
                assert_eq!(published.video_id, video, "{what}");
                tally.published += 1;
            }
            Some(Err(error)) => {
                let aside = [ErrorKind::InProgress, ErrorKind::Superseded, ErrorKind::Ledger];
                assert!(aside.contains(&error.kind()), "{what}: {error:?}");
                tally.aside += 1;
            }
        }
    }
    // Reading it proves that no step is by a holder of an epoch before the one that had taken it then.
    let record = read_record(&memory).await;
    let committed = record.history.iter().filter(|entry| entry.step.kind() == StepKind::Committed);
    assert_eq!(committed.count(), 1, "{what}");
    tally.takeovers += record.epoch - 1;
    tally.sessions += u32::from(super::count_calls(&memory, "create") > 1);
    assert_nothing_open(&memory, &what).await;
}

async fn run_all_seeds(mode: Mode) {
    let mut tally = Tally::default();
    for seed in 0..SEEDS {
        Box::pin(run_twins(mode, seed, &mut tally)).await;
    }
    let Tally { published, aside, crashed, takeovers, sessions } = tally;
    let often = [published, aside, crashed, takeovers];
    assert!(often.iter().all(|times| *times > 200) && sessions > 10, "{often:?}, {sessions}");
}

#[tokio::test(start_paused = true)]
async fn in_oss_mode_twins_publish_one_video_in_any_interleaving() {
    Box::pin(run_all_seeds(Mode::Oss)).await;
}

#[tokio::test(start_paused = true)]
async fn in_slice_mode_twins_publish_one_video_in_any_interleaving() {
    Box::pin(run_all_seeds(Mode::Slice)).await;
}
