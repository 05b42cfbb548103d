//! Event calls: what goes in, what comes out.

use std::time::Duration;

use local_clouds::fc::{DisableInject, FcConfig, FcHost, FunctionConfig, Runtime, StsCredentials};
use serde_json::Value;
use tokio::net::TcpListener;

use super::env::*;

fn role() -> Option<StsCredentials> {
    let [id, secret, token] = ["STS.id", "sts-secret", "sts-token"].map(str::to_owned);
    Some(StsCredentials { access_key_id: id, access_key_secret: secret, security_token: token })
}

#[tokio::test]
async fn one_process_answers_call_after_call() {
    let host = start(function()).await;
    assert_eq!(text(&host.invoke("f", "count").await), "1");
    assert_eq!(text(&host.invoke("f", "count").await), "2");
    assert_eq!(host.instances("f").len(), 1);
    host.shutdown().await;
}

#[tokio::test]
async fn platform_headers_are_injected() {
    let host =
        start(FunctionConfig { credentials: role(), timeout: Duration::from_millis(2500), ..function() })
            .await;
    let result = host.invoke("f", "headers").await;
    let headers = json(&result);
    assert_eq!(headers["x-fc-request-id"], result.request_id.as_str());
    assert_eq!(headers["x-fc-control-path"], "/invoke");
    assert_eq!(headers["x-fc-function-name"], "f");
    assert_eq!(headers["x-fc-function-timeout"], "3");
    assert_eq!(headers["x-fc-function-memory"], "512");
    assert_eq!(headers["x-fc-retry-count"], "0");
    assert_eq!(headers["x-fc-service-name"], "");
    assert_eq!(headers["x-fc-access-key-id"], "STS.id");
    assert_eq!(headers["x-fc-security-token"], Value::Null, "not sent from Debian 11 on");
    assert_eq!(headers["content-type"], "application/octet-stream");
    host.shutdown().await;
}

/// Images before Debian 11 receive the security token as a header; without a role the credential headers
/// are empty.
#[tokio::test]
async fn older_images_get_the_token_header() {
    let old = FunctionConfig { runtime: Runtime::CustomDebian10, ..function() };
    let host = start(FunctionConfig { credentials: role(), ..old.clone() }).await;
    assert_eq!(json(&host.invoke("f", "headers").await)["x-fc-security-token"], "sts-token");
    host.set_credentials("f", None);
    let headers = json(&host.invoke("f", "headers").await);
    assert_eq!((&headers["x-fc-access-key-id"], &headers["x-fc-security-token"]), (&"".into(), &"".into()));
    host.shutdown().await;
}

#[tokio::test]
async fn the_environment_is_the_platforms_and_the_functions_alone() {
    let host = start(FunctionConfig { credentials: role(), ..with_env("MINE", "yes") }).await;
    let environment = json(&host.invoke("f", "environment").await);
    assert_eq!(environment["MINE"], "yes");
    assert_eq!(environment["TZ"], "UTC");
    assert_eq!(environment["FC_FUNCTION_NAME"], "f");
    assert_eq!(environment["FC_FUNCTION_VERSION"], "LATEST");
    assert_eq!(environment["FC_INSTANCE_ID"], host.instances("f")[0].id.as_str());
    assert_eq!(environment["ALIBABA_CLOUD_SECURITY_TOKEN"], "sts-token");
    assert_eq!(environment["CARGO_MANIFEST_DIR"], Value::Null, "the host's own environment leaks");
    host.shutdown().await;
}

#[tokio::test]
async fn credentials_can_be_withheld() {
    let host = start(FunctionConfig {
        credentials: role(),
        disable_inject_credentials: DisableInject::All,
        ..function()
    })
    .await;
    assert_eq!(json(&host.invoke("f", "environment").await)["ALIBABA_CLOUD_ACCESS_KEY_ID"], Value::Null);
    assert_eq!(json(&host.invoke("f", "headers").await)["x-fc-access-key-id"], Value::Null);
    host.shutdown().await;
}

#[tokio::test]
async fn only_x_fc_status_makes_a_call_fail() {
    let host = start(function()).await;
    assert_eq!(text(&host.invoke("f", "status").await), "still a success");
    let failed = host.invoke("f", "fail").await;
    assert_eq!((failed.status, failed.error_type.as_deref()), (200, Some("UnhandledInvocationError")));
    assert!(failed.body.starts_with(b"{\"errorMessage\":\"fail\""));
    host.shutdown().await;
}

#[tokio::test]
async fn large_answer_headers_are_a_bad_response() {
    let host = start(function()).await;
    let result = host.invoke("f", "large-header").await;
    assert_eq!((result.status, result.error_type.as_deref()), (502, Some("BadResponse")));
    host.shutdown().await;
}

#[tokio::test]
async fn the_log_tail_holds_what_the_call_wrote() {
    let host = start(function()).await;
    host.invoke("f", "say before").await;
    let result = host.invoke("f", "say hello").await;
    let tail = String::from_utf8(result.log_tail.unwrap().to_vec()).unwrap();
    assert!(
        tail.contains("hello\n") && tail.contains("error: hello\n") && !tail.contains("before"),
        "{tail}"
    );
    host.shutdown().await;
    let host = start(FunctionConfig { instance_concurrency: 2, ..function() }).await;
    assert_eq!(host.invoke("f", "say hello").await.log_tail, None);
    host.shutdown().await;
}

#[tokio::test]
async fn a_long_line_is_cut_at_the_platforms_limit() {
    let host = start(function()).await;
    let mut logs = host.logs();
    host.invoke("f", format!("say begin{}", "x".repeat(33 * 1024))).await;
    let long = loop {
        let line = logs.recv().await.unwrap().line;
        if line.starts_with("begin") {
            break line;
        }
    };
    assert_eq!(long.len(), 32 * 1024);
    assert_eq!(logs.recv().await.unwrap().line, "x".repeat(1024 + 5));
    host.shutdown().await;
}

#[tokio::test]
async fn settings_out_of_range_are_refused() {
    let wrong = [
        FunctionConfig { instance_concurrency: 201, ..function() },
        FunctionConfig { memory_mb: 500, ..function() },
        with_env("FC_MINE", "x"),
        with_env("LONG", &"x".repeat(4096)),
        FunctionConfig::new("f", [""; 0]),
    ];
    for function in wrong {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let config = FcConfig { functions: vec![function], ..FcConfig::default() };
        assert!(FcHost::start(config, listener, []).await.is_err());
    }
}

#[tokio::test]
async fn a_function_that_does_not_exist_is_not_found() {
    let host = start(function()).await;
    assert_eq!(host.invoke("g", "").await.status, 404);
    host.shutdown().await;
}
