//! The uploads of a deployed function, whose ledger is not at hand.

use super::program;
use crate::support::{
    Setup, TestEnv, add_fault,
    console::{Browser, ConsoleProcess},
    sample_bytes, serve_http,
};
use serde_json::json;
use std::fs;

const TOKEN: &str = "right-horse";
/// SHA-256 of it, by `sha256sum`.
const TOKENS: &str = r#"[{sha256="536be6d0991abfeb60c6af76708347f04b9c9b8f449ab02826821c53d48f03c1",rights=["submit","read","manage"]}]"#;

/// The rows are those of the function's API, and what the page asks for reaches it with the token, which no answer tells.
#[tokio::test]
async fn a_functions_uploads_are_shown_and_retried() {
    let variables = [("OSS2YOUKU_HTTP__TOKENS", TOKENS)];
    let env = TestEnv::start(Setup { variables: &variables, host: serve_http, ..Setup::default() }).await;
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    fs::write(&token, TOKEN).unwrap();
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    let bytes = sample_bytes(3, 200_000);
    env.put("film.mp4", &bytes).await;
    env.wait_for_deliveries().await;
    let url = env.clouds.endpoints.http_trigger.clone();
    let arguments = ["--function-url", &url, "--token-file", token.to_str().unwrap()];
    let console = ConsoleProcess::start(program([], folder.path()), &arguments);
    let browser = Browser::open(&console.url).await;
    let info = browser.get("/console/info").await;
    assert_eq!((&info["ledger"]["kind"], &info["ledger"]["place"]), (&json!("function"), &json!(url)));
    assert_eq!(info["can"]["doctor"], false);
    let list = browser.wait_for("?state=failed", |list| list["total"] == 1).await;
    let row = &list["rows"][0];
    assert_eq!(
        (&row["error"], &row["file"], &list["complete"]),
        (&json!("youku_failed"), &json!("film.mp4"), &json!(true))
    );
    let id = row["upload_id"].as_str().unwrap();
    let details = browser.get(&format!("/console/uploads/{id}")).await;
    assert_eq!((&details["actions"], &details["status"]["state"]), (&json!(["retry"]), &json!("failed")));
    let (status, outcome) = browser.post(&format!("/api/uploads/{id}/retry")).await;
    let video = env.assert_published("film", &bytes);
    assert_eq!((status, &outcome["data"]["videoid"]), (200, &json!(video.id)), "{outcome}");
    browser.wait_for("?state=published", |list| list["rows"][0]["videoid"] == json!(video.id)).await;
    let (status, told) = browser.post(&format!("/api/uploads/{id}/publish")).await;
    assert_eq!((status, &told["error"]), (404, &json!("no_such_path")));
}

/// A token that the function does not accept is told on the page.
#[tokio::test]
async fn a_token_that_the_function_refuses_is_told() {
    let variables = [("OSS2YOUKU_HTTP__TOKENS", TOKENS)];
    let env = TestEnv::start(Setup { variables: &variables, host: serve_http, ..Setup::default() }).await;
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    fs::write(&token, "wrong-s3cret").unwrap();
    let url = env.clouds.endpoints.http_trigger.clone();
    let arguments = ["--function-url", &url, "--token-file", token.to_str().unwrap()];
    let console = ConsoleProcess::start(program([], folder.path()), &arguments);
    let browser = Browser::open(&console.url).await;
    let list = browser.wait_for("", |list| list["trouble"].is_object()).await;
    assert_eq!(list["trouble"]["error"], "config");
    let said = list["trouble"]["msg"].as_str().unwrap();
    assert!(said.contains("does not accept the token") && !said.contains("s3cret"), "{said}");
}
