//! Which events are told, to whom, and how often.

use super::{MINUTE, deliver, deliver_all, hurried, left, memory_with, robot::Robot, run_sweep};
use crate::{
    ledger::{
        RefreshState, TokenPair, Tokens,
        tests::{commit_many, fail_one},
    },
    tests::{
        changes::env::{change, now, person, request_at, run_sweep as run_timer, titled},
        memory::{Fault, Memory},
        upload,
    },
    *,
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test(start_paused = true)]
async fn a_published_video_is_told_with_its_title_and_id() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    let published = upload(&memory, Mode::Oss).await.expect("published");
    assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Told(1));
    let (_, digest) = robot.inner().messages.first().cloned().expect("a message");
    assert_eq!(digest.counts, [(NoticeEvent::Published, 1)]);
    assert_eq!(digest.shown.len(), 1);
    let notice = &digest.shown[0];
    assert_eq!(notice.title.as_deref(), Some("片"));
    assert_eq!(notice.video_id, published.video_id);
    assert_eq!(notice.upload_id, Some(published.upload_id.to_string()));
    assert_eq!((left(&memory).len(), deliver(&memory, &robot).await), (0, NoticeDelivery::Nothing));
}

/// The same object reported again tells nothing again.
#[tokio::test(start_paused = true)]
async fn an_upload_that_has_ended_is_told_once() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    for _ in 0..3 {
        upload(&memory, Mode::Oss).await.expect("published");
        deliver(&memory, &robot).await;
        sleep(MINUTE).await;
    }
    assert_eq!(robot.told(NoticeEvent::Published), 1);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_waits_for_a_person_is_told() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    memory.fault("create", 0, Fault::Deny(ErrorKind::Unauthorized));
    upload(&memory, Mode::Oss).await.expect_err("the token is refused");
    deliver(&memory, &robot).await;
    let (_, digest) = robot.inner().messages.first().cloned().expect("a message");
    assert_eq!(digest.shown[0].code.as_deref(), Some("unauthorized"));
    assert_eq!(digest.counts, [(NoticeEvent::NeedsYou, 1)]);
}

/// A wait that ends by itself is nobody's business.
#[tokio::test(start_paused = true)]
async fn an_upload_that_waits_for_youku_alone_is_not_told() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    memory.fault("create", 0, Fault::Deny(ErrorKind::RateLimited));
    upload(&memory, Mode::Oss).await.expect_err("Youku takes no more calls");
    assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Nothing);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_refuses_is_told_at_the_first_pause() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    let request = crate::tests::request_for(&memory, Mode::Oss).await.expect("it is there");
    memory.world().denied = true;
    memory.uploader().upload(&request, &RunContext::default()).await.expect_err("denied");
    for _ in 0..5 {
        run_sweep(&memory).await;
        deliver(&memory, &robot).await;
        sleep(MINUTE * 6).await;
    }
    assert_eq!(robot.told(NoticeEvent::NeedsYou), 1);
    let code = robot.inner().messages[0].1.shown[0].code.clone();
    assert_eq!(code.as_deref(), Some("source_denied"));
}

/// Nobody waits for the video but the robot.
#[tokio::test(start_paused = true)]
async fn what_becomes_of_a_video_is_told_once() {
    for (states, event) in [
        ([VideoState::InReview, VideoState::Normal], NoticeEvent::VideoReady),
        ([VideoState::Encoding, VideoState::Blocked], NoticeEvent::VideoRejected),
    ] {
        let robot = Robot::new("team");
        let memory = memory_with(&[&robot]);
        memory.world().states.extend(states);
        upload(&memory, Mode::Oss).await.expect("published");
        for _ in 0..20 {
            run_sweep(&memory).await;
            deliver(&memory, &robot).await;
            sleep(MINUTE * 5).await;
        }
        assert_eq!((robot.told(event), robot.told(NoticeEvent::Published)), (1, 1));
        assert_eq!(memory.ledger.keys("watch/"), [""; 0]);
    }
}

/// A timer sweeps every five minutes for an hour, forgets old ends, and tells what is due.
async fn run_timer_for_an_hour(memory: &Memory, robot: &Robot) {
    for _ in 0..12 {
        run_timer(memory).await;
        run_sweep(memory).await;
        memory.ledger().forget_finished().await.expect("deleted");
        deliver(memory, robot).await;
        sleep(MINUTE * 5).await;
    }
}

/// The list of ends goes back 30 days; what happens to a video after that is no end of it.
#[tokio::test(start_paused = true)]
async fn a_change_of_an_old_video_tells_nothing_again() {
    for has_hour in [false, true] {
        let robot = Robot::new("team");
        let memory = memory_with(&[&robot]);
        let at = has_hour.then(|| now(&memory) + 40 * DAY);
        let request = request_at(&memory, at).await.expect("it is there");
        memory.world().states.extend([VideoState::Normal]);
        let published = memory.uploader().upload(&request, &RunContext::default()).await.expect("published");
        run_timer_for_an_hour(&memory, &robot).await;
        let told = |robot: &Robot| {
            [NoticeEvent::Published, NoticeEvent::VideoReady, NoticeEvent::NeedsYou]
                .map(|event| robot.told(event))
        };
        assert_eq!(told(&robot), [1, 1, 0]);
        sleep(40 * DAY).await;
        (0..3).for_each(|_| memory.fault("update", 0, Fault::Deny(ErrorKind::Youku)));
        run_timer_for_an_hour(&memory, &robot).await;
        let needs_you = u64::from(has_hour);
        assert_eq!(told(&robot), [1, 1, needs_you], "the hour that failed is news");
        memory.world().clear_faults();
        for title in ["新的", "更新的"] {
            let edit = VideoChange::Edit(titled(title));
            change(&memory, &published.upload_id, edit, person()).await.expect("changed");
            run_timer_for_an_hour(&memory, &robot).await;
        }
        assert_eq!(told(&robot), [1, 1, needs_you], "hour: {has_hour}");
        let kept = ["recent/", "watch/", "open/", "notice/"].map(|prefix| memory.ledger.keys(prefix));
        assert!(kept.iter().all(Vec::is_empty), "{kept:?}");
    }
}

/// A video that is never decided about is watched for some days.
#[tokio::test(start_paused = true)]
async fn nobody_watches_a_video_for_ever() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    memory.world().states.push_back(VideoState::InReview);
    upload(&memory, Mode::Oss).await.expect("published");
    let begun = Instant::now();
    while !memory.ledger.keys("watch/").is_empty() {
        sleep(MINUTE * 30).await;
        run_sweep(&memory).await;
        assert!(begun.elapsed() < Duration::from_secs(6 * 86_400), "it is still watched");
    }
    assert!(begun.elapsed() > Duration::from_secs(2 * 86_400));
}

/// Each of these follows the one before it; the number is how often the robot has reported a token by then.
#[tokio::test(start_paused = true)]
async fn a_token_that_expires_is_told_once() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    let (ledger, begun) = (memory.ledger(), memory.ledger.now());
    let tokens = |days: u32, refresh| {
        let (access_token, refresh_token) = ("a".to_owned().into(), "r".to_owned().into());
        let pair = TokenPair { number: 1, access_token, refresh_token, obtained: begun, life: DAY * days };
        let mut tokens = Tokens::default();
        (tokens.pair, tokens.refresh) = (Some(pair), refresh);
        tokens
    };
    let put_off = RefreshState::Withdrawn { until: begun, kind: ErrorKind::Youku };
    let refused = RefreshState::Refused { since: begun };
    for (tokens, told) in [
        // A lifetime that Youku did not state.
        (tokens(0, None), 0),
        (tokens(20, None), 0),
        (tokens(20, Some(put_off)), 0),
        (tokens(4, Some(put_off)), 1),
        (tokens(4, None), 1),
        (tokens(4, Some(refused)), 2),
        (tokens(4, Some(refused)), 2),
        (tokens(9, Some(refused)), 3),
        (Tokens::default(), 3),
    ] {
        tell_of_token(&ledger, "main", &tokens).await.expect("written");
        deliver(&memory, &robot).await;
        sleep(MINUTE).await;
        assert_eq!(robot.told(NoticeEvent::TokenExpiring), told, "{tokens:?}");
    }
}

#[test]
fn a_robot_is_told_of_its_own_accounts_and_places() {
    let location =
        |key: &str| Location { provider: Provider::Oss, bucket: "b".into(), key: key.into(), region: None };
    let robot = NoticeSubscriber {
        name: "team".into(),
        events: vec![NoticeEvent::Failed],
        accounts: vec!["main".into()],
        places: vec![location("public/")],
    };
    for (event, account, key, is_told) in [
        (NoticeEvent::Failed, "main", "public/a", true),
        (NoticeEvent::Published, "main", "public/a", false),
        (NoticeEvent::Failed, "other", "public/a", false),
        (NoticeEvent::Failed, "main", "private/a", false),
    ] {
        assert_eq!(robot.wants(event, account, Some(&location(key))), is_told, "{key}");
    }
    assert!(robot.wants(NoticeEvent::Failed, "main", None));
}

/// A store lists message 1000000 before message 999999.
#[tokio::test(start_paused = true)]
async fn a_robot_is_told_after_the_last_number_of_six_digits() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    let ledger = memory.ledger();
    commit_many(&ledger, 0).await;
    assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Told(1));
    {
        let mut world = memory.ledger.world();
        let entry = world.entries.remove("digest/team/000001").expect("the first message");
        world.entries.insert("digest/team/999999".into(), entry);
    }
    for number in 1..4 {
        sleep(MINUTE * 5).await;
        commit_many(&ledger, number).await;
        assert_eq!(deliver(&memory, &robot).await, NoticeDelivery::Told(1));
        assert_eq!(memory.ledger.keys("digest/"), [format!("digest/team/{}", 999_999 + number)]);
    }
    assert_eq!((robot.told(NoticeEvent::Published), left(&memory).len()), (4, 0));
}

/// 500 uploads end within a minute, each followed by a hurried message; sweeps come every five minutes. Every outcome is counted, the robot is
/// never silenced, and the last message goes out within one sweep and a minute.
#[tokio::test(start_paused = true)]
async fn five_hundred_outcomes_fit_into_a_few_messages() {
    for pause in [5, 60] {
        let robot = Robot::new("team").with_pause(Duration::from_secs(pause));
        let memory = memory_with(&[&robot]);
        let ledger = memory.ledger();
        let begun = Instant::now();
        for number in 0..500 {
            match number % 50 {
                49 => fail_one(&ledger, number).await,
                _ => commit_many(&ledger, number).await,
            }
            deliver_notices(&ledger, &robot, hurried()).await.expect("readable");
            sleep(Duration::from_millis(120)).await;
        }
        let last_end = Instant::now();
        assert!(begun.elapsed() <= MINUTE + Duration::from_secs(5), "{:?}", begun.elapsed());
        for _ in 0..2 {
            sleep(MINUTE * 5).await;
            deliver(&memory, &robot).await;
        }
        assert_eq!(deliver_all(&memory, &robot).await, [""; 0]);
        assert_eq!((robot.told(NoticeEvent::Published), robot.told(NoticeEvent::Failed)), (490, 10));
        let state = robot.inner();
        assert!(!state.was_silenced, "{} messages", state.messages.len());
        let (last, digest) = state.messages.last().expect("a message");
        assert!(*last - last_end <= MINUTE * 6, "{:?}", *last - last_end);
        assert!(digest.shown.len() <= 10);
    }
}

/// An upload reads whether its end was queued, and writes a notice and the watched video; telling it takes nine requests, and nothing to tell
/// takes one.
#[tokio::test(start_paused = true)]
async fn a_message_costs_few_requests() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    let plain = memory_with(&[]);
    for memory in [&memory, &plain] {
        upload(memory, Mode::Oss).await.expect("published");
    }
    let calls = |memory: &crate::tests::memory::Memory| memory.ledger.world().calls.len();
    assert_eq!(calls(&memory) - calls(&plain), 3);
    assert!(
        !plain
            .ledger
            .world()
            .calls
            .iter()
            .any(|(_, key)| key.starts_with("notice") || key.starts_with("watch"))
    );
    for (delivery, requests) in [(NoticeDelivery::Told(1), 9), (NoticeDelivery::Nothing, 1)] {
        let before = calls(&memory);
        assert_eq!(deliver(&memory, &robot).await, delivery);
        assert_eq!(calls(&memory) - before, requests, "{delivery:?}");
    }
}
