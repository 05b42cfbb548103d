//! 2 to 16 twins work on one upload at once, each on a machine whose clock is wrong, that stalls, freezes and crashes as it likes.

use super::{
    deliveries::{judge, nothing_is_open, record, settle, youku},
    memory::Memory,
    points::Points,
    work,
};
use crate::{ledger::StepKind, *};
use futures_util::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::time::Duration;
use tokio::time::{sleep, timeout};

const SEEDS: u64 = 200;
const SIZE: usize = (1 << 20) + 1;
/// Nobody takes longer than this, however often it is frozen.
const LONG: Duration = Duration::from_secs(24 * 3600);

/// How often something happened over all seeds: what never happens proves nothing.
#[derive(Default)]
struct Seen {
    published: u32,
    aside: u32,
    crashed: u32,
    takeovers: u32,
    sessions: u32,
}

/// A machine to which the event is delivered, a few times where it crashes or steps aside.
async fn twin(memory: &Memory, mode: Mode, seed: u64) -> Vec<Option<Result<PublishedVideo, Error>>> {
    let mut chance = StdRng::seed_from_u64(seed);
    let points = Points::whimsical(chance.random());
    let seen = memory.seen_through(points.clone());
    let mut ends = Vec::new();
    for delivery in 0..4 {
        let pause = if delivery == 0 { 3 } else { 40 };
        sleep(Duration::from_millis(chance.random_range(0..pause * 1000))).await;
        let uploader = seen.uploader_with(chance.random_range(1..4));
        let by_timer = chance.random_ratio(1, 4);
        let run = async {
            if by_timer {
                let uploader_of = |_, _| async { Ok(uploader.clone()) };
                let swept = sweep(&seen.ledger(), uploader_of, None, 10, &RunContext::default()).await?;
                if let Some((_, ended)) = swept.resumed.into_iter().next() {
                    return ended;
                }
            }
            uploader.upload(&work(&seen, mode).await?, &RunContext::default()).await
        };
        let ended = Box::pin(points.machine(run)).await;
        let done = matches!(ended, Some(Ok(_)));
        ends.push(ended);
        if done {
            break;
        }
    }
    ends
}

async fn twins(mode: Mode, seed: u64, seen: &mut Seen) {
    let mut chance = StdRng::seed_from_u64(seed);
    let memory = youku(chance.random_range(0..16) & !0b0100, SIZE);
    if chance.random_ratio(1, 3) {
        memory.world().grant_life = Duration::from_secs(chance.random_range(20..600));
    }
    let count = chance.random_range(2..=16);
    let all = (0..count).map(|_| {
        let (ahead, seed) = (chance.random_range(-3600..=3600), chance.random());
        super::clock::on_a_machine(ahead, twin(&memory, mode, seed))
    });
    let all: Vec<_> = all.collect();
    let ends = timeout(LONG, join_all(all)).await.expect("they come to an end");
    let what = format!("{mode:?}, seed {seed}, {count} twins");
    let last = settle(&memory, mode).await;
    judge(&memory, &last, &what);
    let video = last.expect("somebody publishes it").video_id;
    for ended in ends.into_iter().flatten() {
        match ended {
            None => seen.crashed += 1,
            Some(Ok(published)) => {
                assert_eq!(published.video_id, video, "{what}");
                seen.published += 1;
            }
            Some(Err(error)) => {
                let aside = [ErrorKind::InProgress, ErrorKind::Superseded, ErrorKind::Ledger];
                assert!(aside.contains(&error.kind()), "{what}: {error:?}");
                seen.aside += 1;
            }
        }
    }
    // Reading it proves that no step is by a holder of an epoch before the one that had taken it then.
    let record = record(&memory).await;
    let committed = record.history.iter().filter(|entry| entry.step.kind() == StepKind::Committed);
    assert_eq!(committed.count(), 1, "{what}");
    seen.takeovers += record.epoch - 1;
    seen.sessions += u32::from(super::calls(&memory, "create") > 1);
    nothing_is_open(&memory, &what).await;
}

async fn in_every_interleaving(mode: Mode) {
    let mut seen = Seen::default();
    for seed in 0..SEEDS {
        Box::pin(twins(mode, seed, &mut seen)).await;
    }
    let Seen { published, aside, crashed, takeovers, sessions } = seen;
    let seen = [published, aside, crashed, takeovers];
    assert!(seen.iter().all(|times| *times > 200) && sessions > 10, "{seen:?}, {sessions}");
}

#[tokio::test(start_paused = true)]
async fn in_oss_mode_twins_publish_one_video_in_any_interleaving() {
    Box::pin(in_every_interleaving(Mode::Oss)).await;
}

#[tokio::test(start_paused = true)]
async fn in_slice_mode_twins_publish_one_video_in_any_interleaving() {
    Box::pin(in_every_interleaving(Mode::Slice)).await;
}
