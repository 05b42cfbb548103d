//! Events of a published video: Youku is asked for its state, and the event is delivered.

use super::{
    env::{BOTH, DAY, MINUTE, is_open, read_deliveries, run_sweep, small_memory, sweep_for, upload},
    receiver::{Receiver, unavailable},
};
use crate::{
    tests::memory::{Fault, Memory},
    *,
};
use serde_json::json;
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn the_video_event_is_delivered_once_it_is_known() {
    use VideoState::*;
    let cases = [
        (vec![Encoding, Encoding, Normal], VideoEvent::Ready, "normal"),
        (vec![InReview, InReview, InReview, Other, Normal], VideoEvent::Ready, "normal"),
        (vec![Encoding, Limited], VideoEvent::Ready, "limited"),
        (vec![Encoding, InReview, Failed], VideoEvent::Rejected, "fail"),
        (vec![Absent, InReview, Blocked], VideoEvent::Rejected, "blocked"),
    ];
    for (states, event, state) in cases {
        let (memory, receiver) = (small_memory(), Receiver::default());
        let shows = states.len();
        memory.world().states.extend(states);
        let published = upload(&memory, &receiver, BOTH).await.expect("published");
        upload(&memory, &receiver, BOTH).await.expect("the stored outcome");
        assert_eq!(receiver.messages().len(), 1, "the outcome at once, the rest by the sweep");
        sweep_for(DAY, &memory, &receiver).await;
        let [_, heard] = receiver.messages().try_into().ok().expect("two messages");
        assert_eq!(heard.id, format!("{}.{}", published.upload_id, event.as_str()));
        assert!(heard.body["timestamp"].as_str().is_some_and(|time| time.starts_with("2027-01-15T08:")));
        let data = json!({"key": "film 7", "videoid": published.video_id, "state": state,
            "upload_id": published.upload_id, "link": published.link(),
            "public_type": "all", "public_type_from": "default",
            "findings": published.preflight.expect("it was looked at").findings});
        assert_eq!((&heard.body["type"], &heard.body["data"]), (&json!(event), &data));
        assert_eq!(read_deliveries(&memory).await, [("200".into(), None), ("200".into(), Some(event))]);
        assert!(!is_open(&memory));
        assert_eq!(memory.world().calls.iter().filter(|call| **call == "show").count(), shows);
    }
}

#[tokio::test(start_paused = true)]
async fn an_unwanted_event_is_recorded_and_not_delivered() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    memory.world().states.push_back(VideoState::Failed);
    upload(&memory, &receiver, &[VideoEvent::Ready]).await.expect("published");
    sweep_for(DAY / 8, &memory, &receiver).await;
    assert_eq!(receiver.messages().len(), 1);
    assert_eq!(read_deliveries(&memory).await[1], ("not_asked".into(), Some(VideoEvent::Rejected)));
    assert!(!is_open(&memory));
}

#[tokio::test(start_paused = true)]
async fn youku_is_asked_rarely_and_for_three_days_at_most() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    memory.world().states.push_back(VideoState::Encoding);
    upload(&memory, &receiver, BOTH).await.expect("published");
    sweep_for(12 * MINUTE, &memory, &receiver).await;
    let shows = |memory: &Memory| memory.world().calls.iter().filter(|call| **call == "show").count();
    assert!((3..=4).contains(&shows(&memory)), "{}", shows(&memory));
    sweep_for(4 * DAY, &memory, &receiver).await;
    assert!((70..=80).contains(&shows(&memory)), "{}", shows(&memory));
    assert_eq!(read_deliveries(&memory).await[1], ("undecided".into(), Some(VideoEvent::Ready)));
    assert_eq!(receiver.messages().len(), 1);
    assert!(!is_open(&memory));
}

/// An event whose receiver is down is delivered later, and given up in the end.
#[tokio::test(start_paused = true)]
async fn an_event_whose_receiver_is_down_is_delivered_later() {
    for up_again in [true, false] {
        let (memory, receiver) = (small_memory(), Receiver::default());
        memory.world().states.push_back(VideoState::Normal);
        upload(&memory, &receiver, BOTH).await.expect("published");
        receiver.inner().answers.push_back(unavailable());
        sweep_for(DAY, &memory, &receiver).await;
        assert_eq!(read_deliveries(&memory).await.len(), 1);
        if up_again {
            receiver.inner().answers.clear();
        }
        sweep_for(6 * DAY, &memory, &receiver).await;
        let code = if up_again { "200" } else { "gave_up" };
        assert_eq!(read_deliveries(&memory).await[1], (code.into(), Some(VideoEvent::Ready)));
        assert!(!is_open(&memory));
    }
}

/// A rate limit ends the questions of one sweep, and the next ones wait for its end.
#[tokio::test(start_paused = true)]
async fn a_rate_limit_ends_the_questions_of_one_sweep() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    memory.world().states.push_back(VideoState::Normal);
    upload(&memory, &receiver, BOTH).await.expect("published");
    sleep(2 * MINUTE).await;
    memory.fault("show", 0, Fault::Deny(ErrorKind::RateLimited));
    let first = run_sweep(&memory, &receiver).await;
    assert_eq!((first.callbacks_delivered, first.skipped, first.resumed.len()), (0, 1, 0), "{first:?}");
    sweep_for(10 * MINUTE, &memory, &receiver).await;
    assert_eq!(read_deliveries(&memory).await.len(), 2);
}

/// Youku is not asked about the videos of an account whose calls it refuses.
#[tokio::test(start_paused = true)]
async fn a_limited_account_is_not_asked_about_its_videos() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    memory.world().states.push_back(VideoState::Normal);
    upload(&memory, &receiver, BOTH).await.expect("published");
    let until = memory.ledger.now() + 30 * MINUTE;
    memory.ledger().limit_calls("main", until.into()).await.expect("noted");
    sweep_for(29 * MINUTE, &memory, &receiver).await;
    assert!(!memory.world().calls.contains(&"show"));
    sweep_for(5 * MINUTE, &memory, &receiver).await;
    assert_eq!(read_deliveries(&memory).await.len(), 2);
}
