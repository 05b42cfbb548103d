//! The outcome: delivered as the caller gets it, until it is accepted, refused for good or given up.

use super::{
    env::{
        BOTH, DAY, MINUTE, is_callback_pending, is_open, read_deliveries, read_failed_callback, read_pending,
        read_record, small_memory, sweep_for, upload, uploader_with, with_callback,
    },
    receiver::{Inner, Receiver, unavailable},
};
use crate::{
    ledger::PendingMessage,
    tests::memory::{Fault, Memory},
    *,
};
use std::{collections::BTreeSet, time::Duration};
use tokio::time::Instant;

/// The outcome is delivered once, as the entrypoint answers it, and never again.
#[tokio::test(start_paused = true)]
async fn the_outcome_is_delivered_once_as_the_caller_gets_it() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    let answer = upload(&memory, &receiver, &[]).await;
    upload(&memory, &receiver, &[]).await.expect("the stored outcome");
    sweep_for(DAY / 24, &memory, &receiver).await;
    let [heard] = receiver.messages().try_into().ok().expect("one message");
    let outcome = serde_json::to_value(Outcome::new("film 7", &answer)).expect("JSON");
    assert_eq!(heard.body, outcome);
    assert_eq!(heard.id, format!("{}.outcome", answer.expect("published").upload_id));
    assert_eq!(read_deliveries(&memory).await, [("200".into(), None)]);
    assert!(!is_open(&memory));
}

#[tokio::test(start_paused = true)]
async fn a_final_failure_is_delivered_as_the_caller_gets_it() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    memory.fault("create", 0, Fault::Deny(ErrorKind::Youku));
    let answer = upload(&memory, &receiver, BOTH).await;
    let [heard] = receiver.messages().try_into().ok().expect("one message");
    assert_eq!(heard.body, serde_json::to_value(Outcome::new("film 7", &answer)).expect("JSON"));
    assert_eq!(heard.body["error"], "youku_failed");
    assert!(!is_open(&memory), "nothing becomes of a video that is none");
}

#[tokio::test(start_paused = true)]
async fn a_retryable_failure_is_not_delivered() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    memory.fault("create", 0, Fault::Deny(ErrorKind::RateLimited));
    upload(&memory, &receiver, &[]).await.expect_err("not now");
    assert!(receiver.messages().is_empty());
    sweep_for(3 * MINUTE, &memory, &receiver).await;
    assert_eq!(receiver.messages()[0].body["code"], "200");
}

/// Lists read no chain: the open mark says how the upload ended, how often its callback was sent, and what came back.
#[tokio::test(start_paused = true)]
async fn the_mark_counts_the_attempts_of_a_callback() {
    let (memory, receiver) = (small_memory(), Receiver::answering(&[unavailable()]));
    let published = upload(&memory, &receiver, BOTH).await.expect("published");
    let pending = read_pending(&memory).await.expect("a callback is left");
    let code = Some(unavailable().code().into_owned());
    let told = (pending.state.as_str(), &pending.video_id, pending.message, pending.attempts, &pending.code);
    assert_eq!(told, ("committed", &published.video_id, PendingMessage::Outcome, 3, &code));
    assert!(is_callback_pending(&memory).await);
    sweep_for(MINUTE, &memory, &receiver).await;
    assert_eq!(read_pending(&memory).await.map(|pending| pending.attempts), Some(4));
    // The next message begins anew.
    *receiver.inner() = Inner { messages: receiver.messages(), ..Inner::default() };
    sweep_for(3 * MINUTE, &memory, &receiver).await;
    let pending = read_pending(&memory).await.expect("the event is left");
    assert_eq!((pending.message, pending.attempts, pending.code), (PendingMessage::Event, 0, None));
    sweep_for(DAY / 8, &memory, &receiver).await;
    assert!(!is_open(&memory) && !is_callback_pending(&memory).await);
}

/// A receiver that is down delays the answer by seconds only; the sweep delivers the callback once the receiver is up.
#[tokio::test(start_paused = true)]
async fn a_receiver_that_is_down_gets_its_callback_from_the_sweep() {
    for hangs in [false, true] {
        let (memory, receiver) = (small_memory(), Receiver::answering(&[unavailable()]));
        receiver.inner().hangs = hangs;
        let begun = Instant::now();
        upload(&memory, &receiver, &[]).await.expect("published");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert_eq!(receiver.messages().len(), if hangs { 1 } else { 3 });
        assert!(is_open(&memory));
        let calls = memory.world().calls.len();
        sweep_for(60 * MINUTE, &memory, &receiver).await;
        *receiver.inner() = Inner { messages: receiver.messages(), ..Inner::default() };
        sweep_for(60 * MINUTE, &memory, &receiver).await;
        assert_eq!(read_deliveries(&memory).await, [("200".into(), None)]);
        assert_eq!(read_failed_callback(&memory).await, None);
        assert_eq!(memory.world().calls.len(), calls, "telling touches neither source nor Youku");
        let heard = receiver.messages();
        let ids: BTreeSet<_> = heard.iter().map(|heard| &heard.id).collect();
        assert_eq!(ids.len(), 1, "a receiver knows a repetition");
        assert!(heard.iter().all(|one| one.body == heard[0].body));
        assert!(!is_open(&memory));
    }
}

#[tokio::test(start_paused = true)]
async fn a_callback_is_given_up_after_three_days_of_growing_pauses() {
    for (failure, code) in
        [("500", "gave_up"), ("302", "gave_up"), (DeliveryResult::FORBIDDEN, DeliveryResult::FORBIDDEN)]
    {
        let failed = DeliveryResult::Failed { code: failure.into(), retry_after: None };
        let (memory, receiver) = (small_memory(), Receiver::answering(&[failed]));
        let begun = Instant::now();
        upload(&memory, &receiver, BOTH).await.expect("published");
        sweep_for(4 * DAY, &memory, &receiver).await;
        let heard: Vec<_> = receiver.messages().iter().map(|heard| heard.at - begun).collect();
        assert!((20..=50).contains(&heard.len()), "{}", heard.len());
        // The last attempt is made when the three days are over.
        let paced = &heard[3..heard.len() - 1];
        let pauses: Vec<_> = paced.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // The sweep itself comes once a minute.
        assert!(pauses.windows(2).all(|pair| pair[1] + 2 * MINUTE >= pair[0]), "{pauses:?}");
        assert!(pauses.iter().all(|pause| *pause <= 182 * MINUTE), "{pauses:?}");
        let last = *heard.last().expect("tried");
        assert!(last >= 3 * DAY && last < 3 * DAY + 5 * MINUTE, "{last:?}");
        assert_eq!(read_deliveries(&memory).await, [(code.into(), None)]);
        assert_eq!(read_failed_callback(&memory).await.as_deref(), Some(code), "a list reads no chain");
        assert!(!is_open(&memory), "and nobody asks after the video");
    }
}

#[tokio::test(start_paused = true)]
async fn a_receivers_retry_after_is_respected() {
    let later = DeliveryResult::Failed { code: "429".into(), retry_after: Some(120 * MINUTE) };
    let (memory, receiver) =
        (small_memory(), Receiver::answering(&[later, DeliveryResult::Accepted { status: 204 }]));
    upload(&memory, &receiver, &[]).await.expect("published");
    assert_eq!(receiver.messages().len(), 1);
    sweep_for(240 * MINUTE, &memory, &receiver).await;
    let [first, second] = receiver.messages().try_into().ok().expect("two attempts");
    assert!((120 * MINUTE..123 * MINUTE).contains(&(second.at - first.at)));
    assert_eq!(read_deliveries(&memory).await, [("204".into(), None)]);
}

/// Nor does an hour that is set for later bring the next attempt forward.
#[tokio::test(start_paused = true)]
async fn an_hour_to_come_does_not_shorten_a_receivers_retry_after() {
    let later = DeliveryResult::Failed { code: "429".into(), retry_after: Some(120 * MINUTE) };
    let (memory, receiver) =
        (small_memory(), Receiver::answering(&[later, DeliveryResult::Accepted { status: 204 }]));
    let mut request = with_callback(&memory, &[]).await.expect("the object is there");
    request.job.publication = Some(Hiding::Password.until((memory.ledger.now() + 180 * MINUTE).into()));
    uploader_with(&memory, &receiver).upload(&request, &RunContext::default()).await.expect("published");
    sweep_for(150 * MINUTE, &memory, &receiver).await;
    let [first, second] = receiver.messages().try_into().ok().expect("two attempts");
    assert!((120 * MINUTE..123 * MINUTE).contains(&(second.at - first.at)), "{:?}", second.at - first.at);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_answers_410_gets_nothing_more() {
    let (memory, receiver) =
        (small_memory(), Receiver::answering(&[DeliveryResult::Refused { code: "410".into() }]));
    upload(&memory, &receiver, BOTH).await.expect("published");
    sweep_for(DAY / 8, &memory, &receiver).await;
    assert_eq!((receiver.messages().len(), read_deliveries(&memory).await), (1, vec![("410".into(), None)]));
    assert!(!memory.world().calls.contains(&"show"));
}

/// An upload that was retried sends a message with another id; a replay sends the same message again.
#[tokio::test(start_paused = true)]
async fn a_retried_upload_sends_another_id_and_a_replay_the_same() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    memory.fault("create", 0, Fault::Deny(ErrorKind::Youku));
    upload(&memory, &receiver, &[]).await.expect_err("refused");
    let id = read_record(&memory).await.id;
    uploader_with(&memory, &receiver)
        .retry(&id, Default::default(), &RunContext::default())
        .await
        .expect("published");
    let before = read_record(&memory).await;
    let again = replay(&memory.ledger(), &receiver, &id, &RunContext::default()).await.expect("delivered");
    assert_eq!(again, DeliveryResult::Accepted { status: 200 });
    let [failed, published, replayed] = receiver.messages().try_into().ok().expect("three messages");
    assert_ne!(failed.id, published.id, "else its receiver would take it for a repetition");
    assert_eq!((&published.id, &published.body), (&replayed.id, &replayed.body));
    assert_eq!(read_record(&memory).await, before, "nothing is recorded");
}

/// A task that is refused before its upload is reported to its callback, and leaves no entry in the ledger.
#[tokio::test(start_paused = true)]
async fn a_task_refused_before_its_upload_is_reported() {
    let (memory, receiver) = (
        Memory::holding(Vec::new()),
        Receiver::answering(&[unavailable(), DeliveryResult::Accepted { status: 200 }]),
    );
    let answer = upload(&memory, &receiver, &[]).await;
    let heard = receiver.messages();
    assert_eq!((heard.len(), heard[0].id == heard[1].id), (2, true));
    assert_eq!(heard[1].body, serde_json::to_value(Outcome::new("film 7", &answer)).expect("JSON"));
    assert_eq!(heard[1].body["code"], "400");
    assert!(memory.ledger.keys("").is_empty());
}
