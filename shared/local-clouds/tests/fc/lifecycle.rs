//! Start, freeze, hooks, replacement, end.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::Signal;

use local_clouds::fc::{FcHost, FunctionConfig, HealthCheck};

use super::env::*;

fn pid(host: &FcHost) -> u32 {
    host.instances("f")[0].pid
}

#[tokio::test]
async fn the_process_is_stopped_between_calls() {
    let host = start(function()).await;
    for _ in 0..3 {
        host.invoke("f", "count").await;
        assert!(host.instances("f")[0].frozen);
        until_state(pid(&host), Some('T')).await;
    }
    assert_eq!(text(&host.invoke("f", "count").await), "4");
    host.shutdown().await;
}

#[tokio::test]
async fn a_call_that_takes_too_long_costs_the_instance_its_life() {
    let host = start(FunctionConfig { timeout: Duration::from_millis(300), ..function() }).await;
    assert_eq!(text(&host.invoke("f", "count").await), "1");
    let first = pid(&host);
    let result = host.invoke("f", "hang").await;
    assert_eq!((result.status, result.error_type.as_deref()), (200, Some("FunctionTimeoutError")));
    until_state(first, None).await;
    assert_eq!(text(&host.invoke("f", "count").await), "1");
    assert_ne!(pid(&host), first);
    host.shutdown().await;
}

#[tokio::test]
async fn a_process_that_exits_fails_the_call_and_is_replaced() {
    let host = start(FunctionConfig { max_instances: 1, ..function() }).await;
    let result = host.invoke("f", "exit").await;
    assert_eq!(result.status, 502);
    assert!(String::from_utf8_lossy(&result.body).contains("Process exited unexpectedly"));
    assert_eq!(text(&host.invoke("f", "count").await), "1");
    host.shutdown().await;
}

#[tokio::test]
async fn calls_beyond_the_gate_are_refused() {
    let host =
        Arc::new(start(FunctionConfig { max_instances: 1, instance_concurrency: 2, ..function() }).await);
    let mut logs = host.logs();
    let calls: Vec<_> = (0..2)
        .map(|_| {
            let host = Arc::clone(&host);
            tokio::spawn(async move { host.invoke("f", "hang").await })
        })
        .collect();
    line(&mut logs, "FC Invoke Start").await;
    line(&mut logs, "FC Invoke Start").await;
    let refused = host.invoke("f", "count").await;
    assert_eq!((refused.status, refused.error_type.as_deref()), (429, Some("ResourceExhausted")));
    host.kill_instance("f", Signal::SIGKILL).await;
    for call in calls {
        assert_eq!(call.await.unwrap().status, 502, "a crash fails every call on the instance");
    }
}

#[tokio::test]
async fn more_calls_start_more_instances() {
    let host = start(FunctionConfig { instance_concurrency: 2, ..function() }).await;
    let (mut logs, calls) = (host.logs(), host.invoker());
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let calls = calls.clone();
            tokio::spawn(async move { calls.invoke("f", "wait").await })
        })
        .collect();
    line(&mut logs, "FC Invoke Start").await;
    line(&mut logs, "FC Invoke Start").await;
    assert_eq!(host.instances("f").len(), 1, "two calls fit on one instance");
    assert_eq!(text(&host.invoke("f", "count").await), "1");
    assert_eq!(host.instances("f").len(), 2);
    drop(waiting);
    host.shutdown().await;
}

#[tokio::test]
async fn an_abandoned_call_replaces_the_instance_at_concurrency_one() {
    let host = start(function()).await;
    host.invoke("f", "count").await;
    let (first, mut logs, calls) = (pid(&host), host.logs(), host.invoker());
    let abandoned = tokio::spawn(async move { calls.invoke("f", "hang").await });
    line(&mut logs, "FC Invoke Start").await;
    abandoned.abort();
    until_state(first, None).await;
    assert_eq!(text(&host.invoke("f", "count").await), "1");
    host.shutdown().await;
}

#[tokio::test]
async fn the_initializer_runs_once_and_only_if_configured() {
    let host = start(with_env("INITIALIZE", "500")).await;
    assert_eq!(text(&host.invoke("f", "count").await), "1");
    host.shutdown().await;
    let limit = Some(Duration::from_secs(5));
    let host = start(FunctionConfig { initializer: limit, ..with_env("INITIALIZE", "204,500") }).await;
    assert_eq!(text(&host.invoke("f", "count").await), "1");
    assert_eq!(text(&host.invoke("f", "count").await), "2");
    host.shutdown().await;
}

/// 404 keeps the instance and the next call tries again; 500 replaces the instance.
#[tokio::test]
async fn an_initializer_is_retried_after_404_and_not_after_500() {
    let limit = Some(Duration::from_secs(5));
    let host = start(FunctionConfig { initializer: limit, ..with_env("INITIALIZE", "404,200") }).await;
    let result = host.invoke("f", "count").await;
    assert_eq!((result.status, result.error_type.as_deref()), (200, Some("InitializationError")));
    let first = pid(&host);
    assert_eq!(text(&host.invoke("f", "count").await), "1");
    assert_eq!(pid(&host), first);
    host.shutdown().await;
    let host = start(FunctionConfig { initializer: limit, ..with_env("INITIALIZE", "500,200") }).await;
    for _ in 0..2 {
        let result = host.invoke("f", "count").await;
        assert_eq!(result.error_type.as_deref(), Some("InitializationError"), "each instance begins anew");
    }
    assert_eq!(host.instances("f").len(), 0);
    host.shutdown().await;
}

#[tokio::test]
async fn shutdown_calls_pre_stop_and_leaves_no_process() {
    let host = start(FunctionConfig { pre_stop: Some(Duration::from_secs(5)), ..function() }).await;
    let child: u32 = text(&host.invoke("f", "child").await).parse().unwrap();
    let (parent, mut logs) = (pid(&host), host.logs());
    host.shutdown().await;
    line(&mut logs, "pre-stop called").await;
    until_state(parent, None).await;
    until_state(child, None).await;
}

#[tokio::test]
async fn dropping_the_host_leaves_no_process() {
    let host = start(function()).await;
    let child: u32 = text(&host.invoke("f", "child").await).parse().unwrap();
    let parent = pid(&host);
    drop(host);
    until_state(parent, None).await;
    until_state(child, None).await;
}

#[tokio::test]
async fn a_command_that_ends_or_cannot_run_fails_the_call_at_once() {
    let plain = tempfile::NamedTempFile::new().unwrap();
    let commands = [
        (Path::new("/bin/false"), "CAExited"),
        (Path::new("/no/such"), "CAExited"),
        (plain.path(), "CAFilePermission"),
    ];
    for (command, code) in commands {
        let host = start(FunctionConfig::new("f", [command])).await;
        let result = host.invoke("f", "").await;
        assert_eq!((result.status, result.error_type.as_deref()), (502, Some(code)), "{command:?}");
        host.shutdown().await;
    }
}

#[tokio::test]
async fn a_process_that_never_listens_is_not_started() {
    let mut function = FunctionConfig::new("f", ["sleep", "1000"]);
    function.start_timeout = Duration::from_millis(100);
    let host = start(function).await;
    assert_eq!(host.invoke("f", "").await.error_type.as_deref(), Some("FunctionNotStarted"));
    host.shutdown().await;
}

#[tokio::test]
async fn an_instance_that_fails_its_health_checks_is_replaced() {
    let check = HealthCheck { period: Duration::from_millis(5), ..HealthCheck::new("/health") };
    let host = start(FunctionConfig { health_check: Some(check), freeze: false, ..function() }).await;
    assert_eq!(text(&host.invoke("f", "count").await), "1");
    let first = host.instances("f").first().map(|instance| instance.pid);
    if let Some(first) = first {
        until_state(first, None).await;
    }
    assert_eq!(text(&host.invoke("f", "count").await), "1", "a fresh instance counts from one");
    host.shutdown().await;
}

#[tokio::test]
async fn an_idle_instance_is_ended() {
    let host = start(FunctionConfig { idle_limit: Duration::from_millis(10), ..function() }).await;
    host.invoke("f", "count").await;
    let first = pid(&host);
    until_state(first, None).await;
    assert_eq!(host.instances("f").len(), 0);
    host.shutdown().await;
}
