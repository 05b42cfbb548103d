//! The queue: at least once, in no promised order.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::http::StatusCode;
use axum::Router;
use axum::routing::post;
use tokio::sync::mpsc;

use local_clouds::control::{Fault, Rule};
use local_clouds::fc::{AsyncConfig, AsyncState, Destination, FunctionConfig, TimerConfig};
use serde_json::Value;
use tokio::net::TcpListener;

use super::env::*;

fn with(async_config: AsyncConfig) -> FunctionConfig {
    FunctionConfig { async_config, ..function() }
}

fn quick() -> AsyncConfig {
    AsyncConfig { retry_backoff: Duration::from_millis(1), ..AsyncConfig::default() }
}

#[tokio::test]
async fn a_failed_call_is_repeated_under_its_request_id() {
    let host = start(with(quick())).await;
    let (mut outcomes, mut logs) = (host.outcomes(), host.logs());
    let request_id = host.invoke_async("f", "fail-before 2");
    let outcome = outcomes.recv().await.unwrap();
    assert_eq!((outcome.request_id.as_str(), outcome.attempts), (request_id.as_str(), 3));
    assert_eq!((outcome.state, text(&outcome.result).as_str()), (AsyncState::Succeeded, "done"));
    for attempt in 0..3 {
        line(&mut logs, &format!("attempt {attempt} of {request_id}")).await;
    }
    host.shutdown().await;
}

#[tokio::test]
async fn a_call_that_keeps_failing_reaches_the_failure_destination() {
    let (sender, mut failures) = mpsc::unbounded_channel();
    let config = AsyncConfig { retries: 1, on_failure: Some(Destination::Channel(sender)), ..quick() };
    let host = start(with(config)).await;
    let request_id = host.invoke_async("f", "fail");
    let report = failures.recv().await.unwrap();
    assert_eq!(report["requestContext"]["requestId"], request_id.as_str());
    assert_eq!(report["requestContext"]["approximateInvokeCount"], 2);
    assert_eq!(report["requestContext"]["functionArn"], "acs:fc:cn-hangzhou:1234567890123456:functions/f");
    assert_eq!(report["requestPayload"], "fail");
    assert_eq!(report["responseContext"]["functionError"], "UnhandledInvocationError");
    host.wait_async_settled().await;
    assert_eq!(host.invocations()[0].state, AsyncState::Failed);
    host.shutdown().await;
}

#[tokio::test]
async fn an_http_destination_is_notified_again_after_a_5xx() {
    let (sender, mut received) = mpsc::unbounded_channel();
    let answers = Arc::new(Mutex::new(vec![StatusCode::OK, StatusCode::INTERNAL_SERVER_ERROR]));
    let receive = async move |body: String| {
        sender.send(serde_json::from_str::<Value>(&body).unwrap()).unwrap();
        answers.lock().unwrap().pop().unwrap()
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/results", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, Router::new().route("/results", post(receive))).into_future());
    let host = start(with(AsyncConfig { on_success: Some(Destination::Http(url)), ..quick() })).await;
    host.invoke_async("f", "hello");
    host.wait_async_settled().await;
    for _ in 0..2 {
        assert_eq!(received.try_recv().unwrap()["responsePayload"], "hello");
    }
    assert!(received.try_recv().is_err(), "notified once more than needed");
    host.shutdown().await;
}

#[tokio::test]
async fn an_old_call_is_given_up() {
    let (sender, mut failures) = mpsc::unbounded_channel();
    let config = AsyncConfig {
        max_age: Duration::from_millis(100),
        on_failure: Some(Destination::Channel(sender)),
        retries: 8,
        ..quick()
    };
    let host = start(with(AsyncConfig { retry_backoff: Duration::from_millis(110), ..config })).await;
    host.invoke_async("f", "fail");
    assert_eq!(failures.recv().await.unwrap()["requestContext"]["approximateInvokeCount"], 1);
    host.wait_async_settled().await;
    assert_eq!(host.invocations()[0].state, AsyncState::Expired);
    host.shutdown().await;
}

#[tokio::test]
async fn a_throttled_call_waits_and_uses_up_no_retry() {
    let host = start(with(AsyncConfig { retries: 0, ..quick() })).await;
    let fault =
        Fault::Status { status: StatusCode::TOO_MANY_REQUESTS, code: None, headers: [].into(), early: false };
    host.control().faults.add(Rule::new("deliver", fault));
    let mut outcomes = host.outcomes();
    host.invoke_async("f", "hello");
    let outcome = outcomes.recv().await.unwrap();
    assert_eq!((outcome.state, outcome.attempts), (AsyncState::Succeeded, 1));
    host.shutdown().await;
}

#[tokio::test]
async fn a_lost_answer_is_delivered_again() {
    let host = start(with(quick())).await;
    host.control().faults.add(Rule::new("deliver", Fault::DropAnswer));
    let mut outcomes = host.outcomes();
    host.invoke_async("f", "count");
    let outcome = outcomes.recv().await.unwrap();
    assert_eq!((outcome.attempts, text(&outcome.result).as_str()), (2, "2"));
    host.shutdown().await;
}

#[tokio::test]
async fn a_held_delivery_continues_when_released() {
    let host = start(with(quick())).await;
    let faults = host.control().faults;
    let rule = faults.add(Rule::new("deliver", Fault::HoldBefore));
    host.invoke_async("f", "count");
    assert!(faults.wait_fired(rule, 1).await);
    assert_eq!(host.instances("f").len(), 0, "held before any work");
    faults.release(rule);
    host.wait_async_settled().await;
    assert_eq!(host.invocations()[0].state, AsyncState::Succeeded);
    host.shutdown().await;
}

#[tokio::test]
async fn duplicates_can_be_asked_for() {
    let host = start(with(AsyncConfig { duplicate: true, ..quick() })).await;
    let mut outcomes = host.outcomes();
    let request_id = host.invoke_async("f", "hello");
    for _ in 0..2 {
        assert_eq!(outcomes.recv().await.unwrap().request_id, request_id);
    }
    host.wait_async_settled().await;
    host.shutdown().await;
}

#[tokio::test]
async fn the_second_call_can_overtake_the_first() {
    let host = start(with(AsyncConfig { out_of_order: true, ..quick() })).await;
    let mut outcomes = host.outcomes();
    let (first, second) = (host.invoke_async("f", "first"), host.invoke_async("f", "second"));
    assert_eq!(outcomes.recv().await.unwrap().request_id, second);
    assert_eq!(outcomes.recv().await.unwrap().request_id, first);
    host.shutdown().await;
}

#[tokio::test]
async fn the_timer_sends_its_event() {
    let timer = TimerConfig {
        interval: Duration::from_millis(20),
        name: "sweep".to_owned(),
        payload: "all".to_owned(),
    };
    let host = start(FunctionConfig { timer: Some(timer), ..function() }).await;
    let event = json(&host.outcomes().recv().await.unwrap().result);
    assert_eq!((&event["triggerName"], &event["payload"]), (&"sweep".into(), &"all".into()));
    assert!(event["triggerTime"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    host.shutdown().await;
}
