//! Robots that do not accept a message.

use super::{
    MINUTE, deliver, deliver_all, hurried, left, memory_with,
    robot::{Answer, Robot},
};
use crate::{tests::upload, *};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

fn refusal(code: &str, retry_after: Option<Duration>) -> Answer {
    Answer::Refuses(MessengerRefusal { code: code.into(), retry_after })
}

/// It is tried again after the pause that its answer asks for, and not before.
#[tokio::test(start_paused = true)]
async fn a_busy_robot_is_told_later() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    robot.inner().answers.push_back(refusal("limit", Some(MINUTE * 10)));
    upload(&memory, Mode::Oss).await.expect("published");
    assert_eq!(deliver_all(&memory, &robot).await, [""; 0]);
    let attempts = robot.inner().attempts.clone();
    assert_eq!((attempts.len(), robot.told(NoticeEvent::Published)), (2, 1));
    assert!(attempts[1] - attempts[0] >= MINUTE * 10);
}

/// It may have the message: that is the one reason to tell twice.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_told_again() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    robot.inner().answers.push_back(Answer::Loses);
    upload(&memory, Mode::Oss).await.expect("published");
    assert_eq!(deliver_all(&memory, &robot).await, [""; 0]);
    assert_eq!(robot.told(NoticeEvent::Published), 2);
}

/// A robot that refuses for good holds up no other; what it does not accept is kept for three days, and it is asked once an hour.
#[tokio::test(start_paused = true)]
async fn a_robot_that_refuses_for_good_holds_up_none() {
    let (stopped, well) = (Robot::new("stopped"), Robot::new("well"));
    let memory = memory_with(&[&stopped, &well]);
    stopped.inner().answers.extend(std::iter::repeat_n(refusal("stopped", None), 1000));
    upload(&memory, Mode::Oss).await.expect("published");
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4 * 86_400) {
        deliver(&memory, &stopped).await;
        deliver(&memory, &well).await;
        let kept = left(&memory).iter().filter(|key| key.starts_with("notice/stopped/")).count();
        let (age, three_days) = (begun.elapsed(), Duration::from_secs(3 * 86_400));
        assert!(age >= three_days || kept == 1, "after {age:?}");
        assert!(age < three_days + MINUTE * 10 || kept == 0, "after {age:?}");
        sleep(MINUTE * 5).await;
    }
    assert_eq!(well.told(NoticeEvent::Published), 1);
    let attempts = stopped.inner().attempts.len();
    assert!((70..75).contains(&attempts), "{attempts} attempts");
    let refused = memory.ledger().robot_refusal("stopped").await.expect("readable").expect("it refuses");
    assert_eq!((refused.code.as_str(), refused.is_final), ("stopped", true));
    assert_eq!(memory.ledger().robot_refusal("well").await.expect("readable"), None);
}

/// A person has put the settings right: what has waited is told at once.
#[tokio::test(start_paused = true)]
async fn other_settings_are_tried_at_once() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    robot.inner().answers.push_back(refusal("signature", None));
    upload(&memory, Mode::Oss).await.expect("published");
    deliver(&memory, &robot).await;
    sleep(MINUTE * 2).await;
    assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Later);
    robot.inner().settings = "mended".into();
    assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Told(1));
    assert_eq!(memory.ledger().robot_refusal("team").await.expect("readable"), None);
}

/// Who is in a hurry waits for a silent robot once, and then leaves it to the sweep.
#[tokio::test(start_paused = true)]
async fn a_silent_robot_costs_a_hurried_run_its_patience_once() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    robot.inner().answers.extend([Answer::Hangs, Answer::Hangs]);
    upload(&memory, Mode::Oss).await.expect("published");
    let begun = Instant::now();
    let hurried = || async { deliver_notices(&memory.ledger(), &robot, hurried()).await.expect("readable") };
    assert_eq!(hurried().await, NoticeDelivery::Refused(MessengerRefusal::no_answer()));
    assert!(begun.elapsed() <= Duration::from_secs(1));
    sleep(MINUTE * 10).await;
    let begun = Instant::now();
    assert_eq!((hurried().await, begun.elapsed()), (NoticeDelivery::Later, Duration::ZERO));
    // Without a sweep it is asked again some time.
    sleep(MINUTE * 10).await;
    assert_eq!(hurried().await, NoticeDelivery::Refused(MessengerRefusal::no_answer()));
    assert_eq!(deliver_all(&memory, &robot).await, [""; 0]);
    assert_eq!(robot.told(NoticeEvent::Published), 1);
}

/// What stands among the finished uploads and is none keeps nothing from being told, and nothing is told twice for it.
#[tokio::test(start_paused = true)]
async fn a_foreign_entry_stops_no_robot() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    upload(&memory, Mode::Oss).await.expect("published");
    let now = memory.ledger.now();
    memory.ledger.world().entries.insert("recent/foreign".into(), (Default::default(), now));
    assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Told(1));
    sleep(MINUTE * 2).await;
    assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Nothing);
    assert_eq!(left(&memory).len(), 1);
    memory.ledger.world().entries.remove("recent/foreign");
    assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Nothing);
    assert_eq!(left(&memory), [""; 0]);
    assert_eq!(robot.told(NoticeEvent::Published), 1);
}

/// A claim waits half a second for twins, as on OSS, after a create that may take as long. What is left of the run's second is the robot's; where
/// that is too little, nothing is sent and nothing stands in the sweep's way.
#[tokio::test(start_paused = true)]
async fn on_a_slow_ledger_the_second_is_kept_and_the_end_recorded() {
    let (mut silent, mut unsent) = (0, 0);
    for seed in 0..30 {
        let robot = Robot::new("team");
        let memory = memory_with(&[&robot]);
        upload(&memory, Mode::Oss).await.expect("published");
        memory.ledger.race(Duration::from_millis(500), seed);
        robot.inner().answers.push_back(Answer::Hangs);
        let ledger = memory.ledger();
        let hurry =
            async || timeout(Duration::from_secs(1), deliver_notices(&ledger, &robot, hurried())).await;
        let delivery = hurry().await.expect("within the second").expect("readable");
        let attempts = robot.inner().attempts.len();
        let refusal = ledger.robot_refusal("team").await.expect("readable");
        match delivery {
            NoticeDelivery::Refused(_) => {
                silent += 1;
                assert_eq!((attempts, refusal.expect("recorded").code.as_str()), (1, "no_answer"));
                sleep(MINUTE).await;
                let begun = Instant::now();
                let again = hurry().await.expect("within the second").expect("readable");
                assert_eq!((again, begun.elapsed()), (NoticeDelivery::Later, Duration::ZERO));
            }
            other => {
                assert_eq!(other, NoticeDelivery::Later);
                unsent += 1;
                assert_eq!((attempts, refusal), (0, None));
                robot.inner().answers.clear();
                assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Told(1));
            }
        }
        assert_eq!(deliver_all(&memory, &robot).await, [""; 0]);
        assert_eq!(robot.told(NoticeEvent::Published), 1);
    }
    assert!(silent > 3 && unsent > 3, "{silent} silent, {unsent} unsent");
}

#[tokio::test(start_paused = true)]
async fn quiet_hours_are_kept() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    robot.inner().is_quiet = true;
    upload(&memory, Mode::Oss).await.expect("published");
    assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Later);
    assert_eq!(robot.inner().attempts, []);
    robot.inner().is_quiet = false;
    assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Told(1));
}

/// Another installation may share the ledger: what is young stays.
#[tokio::test(start_paused = true)]
async fn notices_of_unknown_robots_are_deleted_after_three_days() {
    let robot = Robot::new("gone");
    let memory = memory_with(&[&robot]);
    upload(&memory, Mode::Oss).await.expect("published");
    for (days, kept) in [(0, 1), (2, 1), (2, 0)] {
        sleep(Duration::from_secs(days * 86_400)).await;
        forget_robots(&memory.ledger(), &["team"]).await.expect("readable");
        assert_eq!(left(&memory).len(), kept, "after {days} more days");
    }
}
