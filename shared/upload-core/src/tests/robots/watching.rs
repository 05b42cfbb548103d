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
async fn a_video_of_an_account_that_nobody_has_is_not_watched_for_ever() {
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
