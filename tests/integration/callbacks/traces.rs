//! The trace of a call, through the function's log and the ledger to its callback.

use super::{CallbackEnv, NO_RULES, TOKEN, files, modern, url};
use crate::support::{
    binary,
    callback_receiver::{Receiver, Reply},
    log_lines::{assert_run_traced, log_lines, trace_of},
    oss_event,
    port::{free_port, wait_until_listening},
    within,
};
use local_clouds::clouds::CloudsConfig;
use reqwest::header::{ACCEPT, HeaderName};
use serde_json::Value;
use std::{fs::File, process::Stdio};
use tokio::process::Command;

const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The traces of the ledger's steps, each with the number of its step.
fn steps_with_trace(hooks: &CallbackEnv) -> Vec<(usize, String)> {
    let steps = files(&hooks.ledger.path().join("ledger")).into_iter().enumerate();
    let traces = steps.map(|(number, text)| (number, serde_json::from_str::<Value>(&text).unwrap()));
    traces.filter_map(|(number, step)| Some((number + 1, step["traceparent"].as_str()?.to_owned()))).collect()
}

/// The receiver is away while the function runs: the sweep that delivers knows the trace from the ledger.
#[tokio::test]
async fn a_request_is_traced_to_a_callback_that_a_sweep_delivers() {
    let receiver = Receiver::start(&[Reply::Status(503, None); 3]).await;
    let hooks = CallbackEnv::start(receiver.port, NO_RULES).await;
    hooks.put("a.mp4").await;
    let task = modern("a.mp4", receiver.port, &[]);
    let response =
        hooks.env.send_http("/uploads", Some(&task), &[(ACCEPT, "*/*"), (TRACEPARENT, TRACE)]).await;
    let request_id = response.headers()["x-fc-request-id"].to_str().unwrap().to_owned();
    assert_eq!(response.status(), 200);
    assert_run_traced(&hooks.env.log(), ("request_id", &request_id), TRACE_ID, "published");
    hooks.sweep_until_settled().await;
    let traces: Vec<_> = receiver.requests().iter().map(|one| one.header("traceparent").to_owned()).collect();
    assert_eq!(traces, [TRACE; 4], "{}", hooks.env.log());
    assert_eq!(steps_with_trace(&hooks), [(1, TRACE.to_owned())]);
    let lines = log_lines(&hooks.env.log());
    let late = lines.iter().find(|line| line["message"] == "the callback is done").expect("it was delivered");
    assert_eq!(trace_of(late), Some(TRACE_ID), "{late}");
}

/// A header that is none, or comes twice, is passed over.
#[tokio::test]
async fn an_invalid_trace_is_ignored() {
    let receiver = Receiver::start(&[]).await;
    let hooks = CallbackEnv::start(receiver.port, NO_RULES).await;
    let uppercase = TRACE.to_uppercase();
    let headers = [vec![uppercase.as_str()], vec![TRACE, TRACE], vec!["00-00"]];
    for (number, values) in headers.iter().enumerate() {
        let key = format!("{number}.mp4");
        hooks.put(&key).await;
        let headers = values.iter().map(|value| (TRACEPARENT, *value)).chain([(ACCEPT, "*/*")]);
        let headers: Vec<_> = headers.collect();
        let response =
            hooks.env.send_http("/uploads", Some(&modern(&key, receiver.port, &[])), &headers).await;
        assert_eq!(response.status(), 200, "{values:?}");
    }
    let requests = receiver.requests();
    assert_eq!(requests.len(), headers.len());
    assert!(requests.iter().all(|request| !request.headers.contains_key("traceparent")), "{requests:?}");
    assert_eq!(steps_with_trace(&hooks), []);
}

/// The event call of a platform that traces. The local host sends no trace, so the program is called as the platform calls it.
#[tokio::test]
async fn an_event_is_traced_to_its_callback() {
    let receiver = Receiver::start(&[]).await;
    let hooks = CallbackEnv::start(receiver.port, NO_RULES).await;
    hooks.put("traced/a.mp4").await;
    let (port, log) = (free_port(), hooks.ledger.path().join("function.log"));
    let (id, secret) = CloudsConfig::new(hooks.ledger.path()).access_key;
    let callback = url(receiver.port);
    let rules = format!(
        r#"[{{bucket="videos",account="main",public_type="all",sidecar="off",callback="{callback}"}}]"#
    );
    let mut command = Command::new(binary("oss2youku-fc"));
    command
        .envs(&hooks.env.variables)
        .env("OSS2YOUKU_RULES", rules)
        .env("OSS2YOUKU_SOURCE__ACCESS_KEY_ID", id)
        .env("OSS2YOUKU_SOURCE__ACCESS_KEY_SECRET", secret)
        .env("FC_CUSTOM_LISTEN_PORT", port.to_string())
        .stderr(File::create(&log).unwrap())
        .stdout(Stdio::null())
        .kill_on_drop(true);
    let mut function = command.spawn().unwrap();
    assert!(wait_until_listening(port).await, "{}", std::fs::read_to_string(&log).unwrap());
    let call = app::http_client()
        .unwrap()
        .post(format!("http://127.0.0.1:{port}/invoke"))
        .header("x-fc-control-path", "/invoke")
        .header("x-fc-request-id", "the-call")
        .header(TRACEPARENT, TRACE)
        .body(oss_event("ObjectCreated:PutObject", "traced/a.mp4", 300_000));
    let response = within("the event", call.send()).await.unwrap();
    assert_eq!(response.status(), 200, "{}", std::fs::read_to_string(&log).unwrap());
    within("its end", function.kill()).await.unwrap();
    let log = std::fs::read_to_string(&log).unwrap();
    assert_run_traced(&log, ("request_id", "the-call"), TRACE_ID, "published");
    assert_eq!(receiver.requests().iter().map(|one| one.header("traceparent")).collect::<Vec<_>>(), [TRACE]);
    assert_eq!(steps_with_trace(&hooks), [(1, TRACE.to_owned())]);
    assert!(!log.contains(TOKEN), "{log}");
}
