//! Videos whose review robots wait for.

use super::{MINUTE, deliver, memory_with, robot::Robot, run_sweep};
use crate::{
    tests::{memory::Memory, upload},
    *,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

/// A published video, and a robot that waits for its review.
async fn published() -> (Memory, Robot) {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    memory.world().states.push_back(VideoState::InReview);
    upload(&memory, Mode::Oss).await.expect("published");
    (memory, robot)
}

fn no_account(name: &str) -> Result<Arc<dyn Youku>, Error> {
    Err(Error::new(ErrorKind::Config, "settings", "no such account").with_context("account", name))
}

/// An installation whose settings lack the account, and shares the ledger, sweeps as often as the one that has it, and before it.
#[tokio::test(start_paused = true)]
async fn a_foreign_installation_takes_no_video_away() {
    let (memory, robot) = published().await;
    let ledger = memory.ledger();
    for round in 0..60 {
        if round == 40 {
            memory.world().states = [VideoState::Normal].into();
        }
        watch_for_robots(&ledger, &no_account, 1000, None).await.expect("readable");
        run_sweep(&memory).await;
        deliver(&memory, &robot).await;
        sleep(MINUTE * 5).await;
    }
    assert_eq!(robot.told(NoticeEvent::VideoReady), 1);
}

#[tokio::test(start_paused = true)]
async fn a_video_of_an_unknown_account_is_not_watched_for_ever() {
    let (memory, _) = published().await;
    let (ledger, begun) = (memory.ledger(), Instant::now());
    while !memory.ledger.keys("watch/").is_empty() {
        watch_for_robots(&ledger, &no_account, 1000, None).await.expect("readable");
        assert!(begun.elapsed() < Duration::from_secs(10 * 86_400), "it is still watched");
        sleep(MINUTE * 30).await;
    }
    assert!(begun.elapsed() > Duration::from_secs(2 * 86_400), "{:?}", begun.elapsed());
}

/// Entries that cannot be read: what is noted of watching, another watched video, and the robot's last message.
#[tokio::test(start_paused = true)]
async fn no_unreadable_entry_stops_the_news() {
    let (memory, robot) = published().await;
    deliver(&memory, &robot).await;
    sleep(MINUTE * 2).await;
    run_sweep(&memory).await;
    let foreign = format!("watch/{:032x}.00", 1);
    let noted = memory.ledger.keys("cursor/watch-");
    let sent = memory.ledger.keys("digest/team/");
    assert_eq!((noted.len(), sent.len()), (1, 1));
    let written = memory.ledger.now();
    for key in noted.into_iter().chain(sent).chain([foreign.clone()]) {
        memory.ledger.world().entries.insert(key, ("not ours".into(), written));
    }
    memory.world().states = [VideoState::Normal].into();
    for _ in 0..3 {
        sleep(MINUTE * 5).await;
        run_sweep(&memory).await;
        deliver(&memory, &robot).await;
    }
    assert_eq!(robot.told(NoticeEvent::VideoReady), 1);
    assert_eq!(memory.ledger.keys("watch/"), [foreign], "a person sees to it");
}

/// The ids of others come before it, and they are not due for a day.
#[tokio::test(start_paused = true)]
async fn a_video_behind_the_first_page_is_asked_about() {
    let (memory, robot) = published().await;
    memory.world().states = [VideoState::Normal].into();
    let tomorrow = memory.ledger.now() + Duration::from_secs(86_400);
    for number in 0..1200 {
        let key = format!("watch/{number:032x}.00");
        memory.ledger.world().entries.insert(key, ("{}".into(), tomorrow));
    }
    for _ in 0..2 {
        sleep(MINUTE * 5).await;
        run_sweep(&memory).await;
        deliver(&memory, &robot).await;
    }
    assert_eq!(robot.told(NoticeEvent::VideoReady), 1);
}

/// Youku does not answer, or the ledger is slow: what there was no time for is done by the next sweep.
#[tokio::test(start_paused = true)]
async fn the_news_keep_within_their_time() {
    for is_slow in [false, true] {
        let (memory, robot) = published().await;
        let bytes = {
            let world = memory.ledger.world();
            let mut watched = world.entries.iter().filter(|(key, _)| key.starts_with("watch/"));
            watched.next().expect("it is watched").1.clone()
        };
        for number in 0..300 {
            memory.ledger.world().entries.insert(format!("watch/{number:032x}.00"), bytes.clone());
        }
        sleep(MINUTE * 5).await;
        if is_slow {
            memory.ledger.world().slow = Some(Duration::from_millis(500));
        } else {
            for call in ["show", "show_batch"] {
                memory.world().takes.insert(call, Duration::from_secs(3600));
            }
        }
        let youku_of = |_: &str| Ok(Arc::new(memory.clone()) as Arc<dyn Youku>);
        let (ledger, begun) = (memory.ledger(), Instant::now());
        let until = begun + Duration::from_secs(10);
        watch_for_robots(&ledger, &youku_of, 1000, Some(until)).await.expect("readable");
        let took = begun.elapsed();
        // Calls that were under way are ended.
        assert!(took <= Duration::from_secs(15), "{took:?}, slow ledger: {is_slow}");
        assert_eq!(memory.ledger.keys("watch/").len(), 301);
        memory.ledger.world().slow = None;
        memory.world().takes.clear();
        memory.world().states = [VideoState::Normal].into();
        for _ in 0..3 {
            sleep(MINUTE * 5).await;
            run_sweep(&memory).await;
            deliver(&memory, &robot).await;
        }
        assert_eq!(robot.told(NoticeEvent::VideoReady), 301);
    }
}
