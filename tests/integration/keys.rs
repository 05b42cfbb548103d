//! Keys that no object can have, and buckets that do not exist: whose fault it is, on every way in.

use crate::support::{Setup, TestEnv, sample_bytes, serve_http};
use serde_json::json;

const VARIABLES: [(&str, &str); 3] = [
    ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true"),
    ("OSS2YOUKU_HTTP__SOURCES", r#"["oss://videos/", "oss://nowhere/", "oss://gone/"]"#),
    ("OSS2YOUKU_LEGACY__BUCKET", "gone"),
];

async fn start_env() -> TestEnv {
    let events: Option<&[&str]> = Some(&["oss:ObjectModified:*"]);
    TestEnv::start(Setup { variables: &VARIABLES, host: serve_http, events, ..Setup::default() }).await
}

/// A key that OSS does not have, or that no URL can carry, is the caller's fault; an event about one is over.
#[tokio::test]
async fn a_key_that_no_object_can_have_is_an_invalid_job() {
    let env = start_env().await;
    let long = format!("{}.mp4", "k".repeat(1020));
    for key in ["/lead.mp4", "\\lead.mp4", "in/../a.mp4", "./a.mp4", &long] {
        let task = json!({"source": format!("oss://videos/{key}")});
        let (status, outcome) = env.ask_http("/uploads", Some(&task)).await;
        assert_eq!((status, outcome["error"].as_str()), (400, Some("invalid_job")), "{key} {outcome}");
        let result = env.call_with_event("ObjectCreated:PutObject", key, 9).await;
        assert_eq!(result["error"], "invalid_job", "{key} {result}");
    }
    // The longest key has a sidecar's key that is too long: it has none.
    let longest = format!("{}.mp4", "k".repeat(1019));
    let bytes = sample_bytes(1, 1000);
    env.put(&longest, &bytes).await;
    let task = json!({"source": format!("oss://videos/{longest}"), "video": {"title": "longest"}});
    let (status, outcome) = env.ask_http("/uploads", Some(&task)).await;
    assert_eq!(status, 200, "{outcome}");
    env.assert_published("longest", &bytes);
}

/// Who names a bucket that does not exist is told so; a bucket of the settings is the operator's matter.
#[tokio::test]
async fn a_missing_bucket_is_the_fault_of_whoever_named_it() {
    let env = start_env().await;
    let modern = json!({"source": "oss://nowhere/a.mp4"});
    let (status, outcome) = env.ask_http("/uploads", Some(&modern)).await;
    assert_eq!((status, outcome["error"].as_str()), (404, Some("source_missing")), "{outcome}");
    let legacy = json!({"conf": {"keyname": "a"}, "youku": {"title": "A title"}});
    let (status, outcome) = env.ask_http("/uploads", Some(&legacy)).await;
    assert_eq!((status, outcome["error"].as_str()), (500, Some("config")), "{outcome}");
}
