//! What a watching caller sees, by a paused clock.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use futures_util::StreamExt;
use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use tokio::time::sleep;

fn outcome() -> Outcome {
    serde_json::from_str(r#"{"code":"200","msg":"m","info":"m","data":{"key":"k\nl","videoid":"X"}}"#)
        .unwrap()
}

fn report(read: u64) -> Report {
    Report { state: "moving", read, accepted: 1, total: 9 }
}

async fn text(format: Format, work: impl Future<Output = Outcome> + Send + 'static) -> String {
    let response = stream(format, || report(3), work);
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

async fn slow() -> Outcome {
    sleep(Duration::from_millis(20_900)).await;
    outcome()
}

#[tokio::test(start_paused = true)]
async fn lines_tell_progress_heartbeats_and_at_last_the_outcome() {
    let heartbeat = r#"{"event":"heartbeat"}"#;
    let expected = [
        r#"{"event":"progress","state":"moving","read":3,"accepted":1,"total":9}"#,
        heartbeat,
        heartbeat,
        r#"{"event":"outcome","code":"200","msg":"m","info":"m","data":{"key":"k\nl","videoid":"X"}}"#,
    ];
    assert_eq!(text(Format::Lines, slow()).await, format!("{}\n", expected.join("\n")));
}

#[tokio::test(start_paused = true)]
async fn server_sent_events_tell_the_same() {
    let expected = [
        "event: progress\ndata: {\"state\":\"moving\",\"read\":3,\"accepted\":1,\"total\":9}\n\n",
        ": heartbeat\n\n",
        ": heartbeat\n\n",
        "event: outcome\ndata: {\"code\":\"200\",\"msg\":\"m\",\"info\":\"m\",\"data\":{\"key\":\"k\\nl\",\"videoid\":\"X\"}}\n\n",
    ];
    assert_eq!(text(Format::Events, slow()).await, expected.concat());
}

#[tokio::test(start_paused = true)]
async fn counters_that_never_rest_are_told_four_times_a_second_even_to_a_slow_reader() {
    let reads = AtomicU64::new(0);
    let told = messages(move || report(reads.fetch_add(1, Relaxed)), pending());
    let mut told = Box::pin(told);
    let start = Instant::now();
    let mut times = Vec::new();
    for _ in 0..5 {
        assert!(matches!(told.next().await, Some(Message::Progress(_))));
        times.push(start.elapsed().as_millis());
    }
    assert_eq!(times, [0, 250, 500, 750, 1000]);
    sleep(Duration::from_secs(5)).await;
    for _ in 0..3 {
        told.next().await.unwrap();
        times.push(start.elapsed().as_millis());
    }
    assert_eq!(times[5..], [6000, 6250, 6500]);
}

#[tokio::test]
async fn a_caller_that_leaves_ends_the_work() {
    let work = Arc::new(());
    let held = work.clone();
    let response = stream(Format::Lines, || report(0), async move {
        let _held = held;
        pending().await
    });
    let mut body = response.into_body().into_data_stream();
    body.next().await.unwrap().unwrap();
    assert_eq!(Arc::strong_count(&work), 2);
    drop(body);
    assert_eq!(Arc::strong_count(&work), 1);
}

#[test]
fn the_callers_accept_header_picks_the_format() {
    let wanted = |values: &[&'static str]| {
        let values = values.iter().map(|value| (ACCEPT, HeaderValue::from_static(value)));
        Format::from_headers(&HeaderMap::from_iter(values))
    };
    assert_eq!(wanted(&[]), None);
    assert_eq!(wanted(&["*/*"]), None);
    assert_eq!(wanted(&["application/json, text/plain"]), None);
    assert_eq!(wanted(&["Text/Event-Stream"]), Some(Format::Events));
    assert_eq!(wanted(&["application/json, application/x-ndjson;q=0.9"]), Some(Format::Lines));
}
