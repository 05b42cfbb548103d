//! Crash at every point: a run is dropped before and after every append and every call, the event comes again until it settles.

use super::{content, memory::Memory, work};
use crate::*;
use std::time::Duration;
use tokio::time::sleep;

/// Parts that the uploader of these tests moves at once.
const IN_FLIGHT: usize = 3;
/// What Youku may be like, one bit each: a second commit is refused, parts are not listed, create tells no video id, videos are
/// shown before their commit.
const OSS_SWITCHES: [u32; 8] = [0b0000, 0b0001, 0b0010, 0b0011, 0b1000, 0b1001, 0b1010, 0b1011];
const SLICE_SWITCHES: [u32; 8] = [0b0000, 0b0001, 0b0100, 0b0101, 0b1000, 0b1001, 0b1100, 0b1101];

fn youku(switches: u32) -> Memory {
    let memory = Memory::holding(content()[..(1 << 20) + 1].to_vec());
    {
        let mut world = memory.world();
        world.again_refuses = switches & 1 != 0;
        world.hides_parts = switches & 2 != 0;
        world.hides_video_id = switches & 4 != 0;
        world.shows_uncommitted = switches & 8 != 0;
    }
    memory
}

/// Delivers the event until it settles; a run is dropped where it comes to the point.
async fn settle(memory: &Memory, mode: Mode) -> Result<Published, Error> {
    for _ in 0..10 {
        let delivery = async {
            let work = work(memory, mode).await?;
            memory.uploader().upload(&work, &Run::default()).await
        };
        let ended = tokio::select! {
            ended = delivery => ended,
            () = memory.points.crashed() => {
                // The lease must run out before anybody else may go on.
                sleep(Duration::from_secs(20)).await;
                continue;
            }
        };
        match ended {
            Err(error) if error.is_retryable() => sleep(Duration::from_secs(20)).await,
            ended => return ended,
        }
    }
    Err(Error::new(ErrorKind::Failed, "settle", "it does not settle"))
}

/// One video with the object's bytes, or, where Youku lets nobody know, none more and a failure that says so.
fn judge(memory: &Memory, ended: &Result<Published, Error>, what: &str) {
    let world = memory.world();
    match ended {
        Ok(published) => {
            assert_eq!(world.videos.len(), 1, "{what}: {:?}", world.videos.keys());
            assert!(world.videos.get(&published.video_id) == Some(&world.content), "{what}");
        }
        Err(error) => {
            let unknowable = world.again_refuses && world.hides_video_id;
            assert!(unknowable && error.kind() == ErrorKind::CommitUnknown, "{what}: {error:?}");
            assert_eq!(world.videos.len(), 1, "{what}");
        }
    }
}

/// A sweep finds nothing to do but a mark that a crash left behind, and what it stood for.
async fn nothing_is_open(memory: &Memory, what: &str) {
    memory.points.crash_at(None);
    sleep(Duration::from_secs(20)).await;
    let uploader_of = |_, _| async { Ok(memory.uploader()) };
    let swept = sweep(&memory.ledger(), uploader_of, None, 100, &Run::default()).await;
    let swept = swept.expect("the ledger can be read");
    assert!(swept.resumed.is_empty() && swept.left == 0, "{what}: {swept:?}");
    assert_eq!(memory.ledger.keys("open/"), Vec::<String>::new(), "{what}");
    assert_eq!(memory.ledger.keys("recent/").len(), 1, "{what}: its end is listed once");
}

async fn dropped_at_every_point(mode: Mode, all_switches: &[u32]) {
    for &switches in all_switches {
        let calm = youku(switches);
        judge(&calm, &settle(&calm, mode).await, "no crash");
        let points = calm.points.passed();
        assert!(points > 30, "there are {points} points");
        for point in 1..=points {
            let memory = youku(switches);
            memory.points.crash_at(Some(point));
            let ended = settle(&memory, mode).await;
            let what = format!("{mode:?}, switches {switches:04b}, dropped at {point}");
            judge(&memory, &ended, &what);
            nothing_is_open(&memory, &what).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn in_oss_mode_a_run_dropped_at_any_point_ends_in_one_video_under_every_switch() {
    dropped_at_every_point(Mode::Oss, &OSS_SWITCHES).await;
}

#[tokio::test(start_paused = true)]
async fn in_slice_mode_a_run_dropped_at_any_point_ends_in_one_video_under_every_switch() {
    dropped_at_every_point(Mode::Slice, &SLICE_SWITCHES).await;
}

#[tokio::test(start_paused = true)]
async fn parts_that_were_accepted_are_not_sent_again() {
    let calm = Memory::holding(content());
    settle(&calm, Mode::Oss).await.expect("published");
    let (points, parts) = (calm.points.passed(), sent(&calm));
    assert!(parts > IN_FLIGHT, "else sending all of them again would go unnoticed");
    for point in 1..=points {
        let memory = Memory::holding(content());
        memory.points.crash_at(Some(point));
        settle(&memory, Mode::Oss).await.expect("published");
        // Only what was under way at the crash may have to be sent again.
        let sent = sent(&memory);
        assert!(sent <= parts + IN_FLIGHT, "dropped at {point}: {sent} sent for {parts}");
    }
}

fn sent(memory: &Memory) -> usize {
    memory.world().calls.iter().filter(|call| **call == "part").count()
}
