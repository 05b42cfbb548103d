//! `GET /probe` on Lambda, and a rehearsal that asks it through a function URL.

use super::{LambdaEnv, emulator::Emulator, fixture};
use crate::support::command_line::run_with;
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Request, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::{net::TcpListener, task::JoinHandle};

/// The token `t0ken`, by `sha256sum`, with the right that a probe needs.
const TOKENS: &str =
    r#"[{sha256="b46c09677343261f0b439a472422225e3a230c9c094d6ab16762e2036b597053",rights=["manage"]}]"#;
const VARIABLES: [(&str, &str); 2] = [("OSS2YOUKU_HTTP__TOKENS", TOKENS), ("OSS2YOUKU_HTTP__PROBE", "true")];

/// A function URL in front of the emulator: its address, and the server, which ends when it is aborted.
async fn start_url(host: Emulator) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().fallback(forward).with_state(Arc::new(host));
    let serving = tokio::spawn(async { axum::serve(listener, routes).await.unwrap() });
    (url, serving)
}

/// Sends a request as the event of a function URL.
async fn forward(State(host): State<Arc<Emulator>>, request: Request<Body>) -> Response<Body> {
    let mut event = fixture("function-url", "");
    event["rawPath"] = request.uri().path().into();
    event["rawQueryString"] = request.uri().query().unwrap_or_default().into();
    event["requestContext"]["http"]["method"] = request.method().as_str().into();
    let headers = request.headers().iter();
    event["headers"] =
        headers.map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap()))).collect();
    (event["body"], event["cookies"]) = (Value::Null, Value::Null);
    let answer = host.invoke(&event).await;
    let status = answer["statusCode"].as_u64().unwrap_or(502);
    let body = answer["body"].as_str().unwrap_or_default().to_owned();
    Response::builder().status(u16::try_from(status).unwrap()).body(body.into()).unwrap()
}

#[tokio::test]
async fn a_rehearsal_names_what_lambda_does() {
    let env = LambdaEnv::start(&VARIABLES).await;
    let (url, serving) = start_url(env.host("lambda.log", 60).await).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "t0ken").unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (token, report) = (at("token"), at("report.json"));
    let mut variables = env.variables.clone();
    variables.insert("XDG_STATE_HOME".into(), at("state"));
    let flags = [
        "rehearse",
        "--only",
        "function",
        "--function-url",
        &url,
        "--token-file",
        &token,
        "--report",
        &report,
    ];
    let output = run_with(variables, &flags).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    let text = std::fs::read_to_string(&report).unwrap();
    let told: Value = serde_json::from_str(&text).unwrap();
    // The emulator does not freeze its function.
    for (name, found) in [
        ("function.headers", "complete"),
        ("function.credentials", "environment"),
        ("function.deadline", "stated"),
        ("function.freeze", "running"),
        ("function.answer_size", "4096_kib"),
    ] {
        let facts = told["facts"].as_array().unwrap();
        let fact = facts.iter().find(|fact| fact["name"] == name).unwrap();
        assert_eq!(fact["found"], found, "{fact}");
    }
    assert!(text.contains("platform lambda;"), "{text}");
    let answer =
        app::http_client().unwrap().get(format!("{url}/probe")).bearer_auth("t0ken").send().await.unwrap();
    let probe = answer.text().await.unwrap();
    assert!(probe.contains("\"platform\":\"lambda\""), "{probe}");
    let secrets = [
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "OSS2YOUKU_LEDGER__SEAL_KEY",
        "OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN",
    ];
    for text in [&probe, &text, &output.out, &output.err] {
        for name in secrets {
            assert!(!text.contains(&env.variables[name]), "{name} in {text}");
        }
        assert!(!text.contains("t0ken"), "{text}");
    }
    serving.abort();
}
