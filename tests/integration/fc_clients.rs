//! Independent checks of the local Function Compute: Alibaba's own client calls it, a plain Python server runs on it.

use crate::support::{client_script, run_to_end, tools, within};
use std::path::PathBuf;

use local_clouds::clouds::{CloudsConfig, LocalClouds};
use local_clouds::fc::{AsyncState, FcConfig, FcHost, FunctionConfig};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::process::Command;

fn python() -> PathBuf {
    tools().join("venv/bin/python")
}

fn script(name: &str) -> PathBuf {
    client_script("fc").join(name)
}

async fn host() -> FcHost {
    let function = FunctionConfig::new("checked", [python(), script("bootstrap.py")]);
    assert!(function.freeze, "the host freezes by default");
    let keys = vec![("LTAItest".to_owned(), "secret".to_owned())];
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let config = FcConfig { keys, functions: vec![function], ..FcConfig::default() };
    FcHost::start(config, listener, []).await.unwrap()
}

/// The letter of a process's state in /proc: `T` = stopped.
fn state(pid: u64) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

#[tokio::test]
async fn alibabas_client_invokes_functions_and_wrong_keys_are_refused() {
    let host = host().await;
    let mut outcomes = host.outcomes();
    let endpoint = host.api().replace("http://", "");
    let output = run_to_end(
        Command::new(python()).arg(script("invoke.py")).args([&endpoint, "checked", "LTAItest", "secret"]),
    )
    .await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let report: Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
    let outcome = outcomes.recv().await.unwrap();
    assert_eq!(report["queued"], outcome.request_id.as_str());
    assert_eq!(outcome.state, AsyncState::Succeeded);
    host.wait_async_settled().await;
    assert!(host.instances("checked").iter().all(|instance| instance.frozen));
    host.shutdown().await;
}

#[tokio::test]
async fn a_plain_python_server_serves_events_frozen_in_between() {
    let host = host().await;
    for call in 1..=3 {
        let result = host.invoke("checked", json!({"call": call}).to_string()).await;
        assert_eq!(result.error_type, None, "{:?}", result.body);
        let answer: Value = serde_json::from_slice(&result.body).unwrap();
        assert_eq!((&answer["calls"], &answer["event"]["call"]), (&json!(call), &json!(call)));
        assert_eq!(answer["request_id"], result.request_id.as_str());
        let pid = answer["pid"].as_u64().unwrap();
        let freezing = async {
            while state(pid) != Some('T') {
                tokio::task::yield_now().await;
            }
        };
        within("it is frozen", freezing).await;
    }
    let failed = host.invoke("checked", "fail").await;
    assert_eq!(failed.error_type.as_deref(), Some("UnhandledInvocationError"));
    host.shutdown().await;
}

#[tokio::test]
async fn a_put_into_the_bucket_calls_the_function_with_an_oss_event() {
    let folder = tempfile::tempdir().unwrap();
    let config = CloudsConfig::new(folder.path());
    let (key_id, secret) = config.access_key.clone();
    let clouds =
        LocalClouds::start(config, |_| FunctionConfig::new("checked", [python(), script("bootstrap.py")]))
            .await
            .unwrap();
    let mut outcomes = clouds.fc.outcomes();
    let put = run_to_end(Command::new(python()).arg(script("put.py")).args([
        &clouds.endpoints.oss,
        &key_id,
        &secret,
        "videos",
        "电影/a b+c%20.mp4",
        "moving pictures",
    ]))
    .await;
    assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
    clouds.wait_settled().await;
    let answer: Value = serde_json::from_slice(&outcomes.try_recv().unwrap().result.body).unwrap();
    let event = &answer["event"]["events"][0];
    assert_eq!(event["eventName"], "ObjectCreated:PutObject");
    assert_eq!(event["oss"]["object"]["key"], "电影/a b+c%20.mp4");
    assert_eq!(event["oss"]["object"]["size"], 15);
    clouds.shutdown().await;
}
