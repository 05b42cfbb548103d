//! What a watching caller receives, by a paused clock.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::{super::message::ProgressMessage, *};
use futures_util::StreamExt;
use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use tokio::time::{Instant, sleep};

fn outcome() -> Outcome {
    serde_json::from_str(r#"{"code":"200","msg":"m","info":"m","data":{"key":"k\nl","videoid":"X"}}"#)
        .unwrap()
}

fn report(read: u64) -> ProgressReport {
    ProgressReport { state: "moving", read, accepted: 1, total: 9 }
}

async fn read_stream(format: ProgressFormat, work: impl Future<Output = Outcome> + Send + 'static) -> String {
    let response = stream_progress(format, || report(3), work);
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

async fn finish_slowly() -> Outcome {
    sleep(Duration::from_millis(20_900)).await;
    outcome()
}

#[tokio::test(start_paused = true)]
async fn lines_carry_progress_heartbeats_and_the_outcome() {
    let heartbeat = r#"{"event":"heartbeat"}"#;
    let expected = [
        r#"{"event":"progress","state":"moving","read":3,"accepted":1,"total":9}"#,
        heartbeat,
        heartbeat,
        r#"{"event":"outcome","code":"200","msg":"m","info":"m","data":{"key":"k\nl","videoid":"X"}}"#,
    ];
    assert_eq!(
        read_stream(ProgressFormat::Lines, finish_slowly()).await,
        format!("{}\n", expected.join("\n"))
    );
}

/// Callers know a stream without an outcome as one that broke off.
#[tokio::test(start_paused = true)]
async fn a_panic_ends_the_stream_without_an_outcome() {
    for format in [ProgressFormat::Lines, ProgressFormat::Events] {
        let panicking = async { serde_json::from_str::<Outcome>("no outcome").unwrap() };
        let text = read_stream(format, panicking).await;
        assert!(text.contains("\"read\":3") && !text.contains("outcome"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn server_sent_events_carry_the_same() {
    let expected = [
        "event: progress\ndata: {\"state\":\"moving\",\"read\":3,\"accepted\":1,\"total\":9}\n\n",
        ": heartbeat\n\n",
        ": heartbeat\n\n",
        "event: outcome\ndata: {\"code\":\"200\",\"msg\":\"m\",\"info\":\"m\",\"data\":{\"key\":\"k\\nl\",\"videoid\":\"X\"}}\n\n",
    ];
    assert_eq!(read_stream(ProgressFormat::Events, finish_slowly()).await, expected.concat());
}

/// Counters that never rest are reported four times a second, even to a slow reader.
#[tokio::test(start_paused = true)]
async fn moving_counters_are_reported_four_times_a_second() {
    let reads = AtomicU64::new(0);
    let messages = watch(move || report(reads.fetch_add(1, Relaxed)), pending(), None);
    let mut messages = Box::pin(messages);
    let start = Instant::now();
    let mut times = Vec::new();
    for _ in 0..5 {
        assert!(matches!(messages.next().await, Some(ProgressMessage::Progress(_))));
        times.push(start.elapsed().as_millis());
    }
    assert_eq!(times, [0, 250, 500, 750, 1000]);
    sleep(Duration::from_secs(5)).await;
    for _ in 0..3 {
        messages.next().await.unwrap();
        times.push(start.elapsed().as_millis());
    }
    assert_eq!(times[5..], [6000, 6250, 6500]);
}

#[tokio::test]
async fn a_caller_that_leaves_ends_the_work() {
    let work = Arc::new(());
    let held = work.clone();
    let response = stream_progress(ProgressFormat::Lines, || report(0), async move {
        let _held = held;
        pending().await
    });
    let mut body = response.into_body().into_data_stream();
    body.next().await.unwrap().unwrap();
    assert_eq!(Arc::strong_count(&work), 2);
    drop(body);
    assert_eq!(Arc::strong_count(&work), 1);
}
