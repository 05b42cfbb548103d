//! Keys that no object can have, and buckets that do not exist: whose fault it is, on every way in.

use crate::support::{Setup, TestEnv, sample_bytes, serve_http};
use serde_json::json;

const VARIABLES: [(&str, &str); 3] = [
    ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true"),
    ("OSS2YOUKU_HTTP__SOURCES", r#"["oss://videos/", "oss://nowhere/", "oss://gone/"]"#),
    ("OSS2YOUKU_LEGACY__BUCKET", "gone"),
];

const RULES: &str = r#"[
    {bucket="videos",account="main",public_type="all"},
    {bucket="videos",prefix="waits/",account="main",public_type="all",sidecar="required"},
]"#;

async fn start_env() -> TestEnv {
    let rules = RULES.replace('\n', " ");
    let events: Option<&[&str]> = Some(&["oss:ObjectModified:*"]);
    TestEnv::start(Setup {
        variables: &VARIABLES,
        rules: &rules,
        host: serve_http,
        events,
        ..Setup::default()
    })
    .await
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
        assert_eq!(outcome["data"]["key"], *key, "{outcome}");
        let words = outcome["msg"].as_str().unwrap();
        assert!(words.contains("the key ") && !words.contains("HeadObject"), "{words}");
        let result = env.call_with_event("ObjectCreated:PutObject", key, 9).await;
        assert_eq!(result["error"], "invalid_job", "{key} {result}");
        assert!(result["msg"].as_str().unwrap().starts_with("the key "), "{result}");
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

/// Nobody can write that sidecar, so the video is refused at once.
#[tokio::test]
async fn a_required_sidecar_without_a_key_is_an_invalid_job() {
    let env = start_env().await;
    let key = format!("waits/{}.mp4", "k".repeat(1013));
    env.put(&key, &sample_bytes(1, 1000)).await;
    let result = env.call_with_event("ObjectCreated:PutObject", &key, 1000).await;
    let words = result["msg"].as_str().unwrap_or_default();
    assert!(result["error"] == "invalid_job" && words.contains("requires a sidecar"), "{result}");
    assert!(words.contains("longer than 1,023 bytes"), "{words}");
    let task = json!({"source": format!("oss://videos/{key}")});
    let (status, outcome) = env.ask_http("/uploads", Some(&task)).await;
    assert_eq!((status, outcome["error"].as_str()), (400, Some("invalid_job")), "{outcome}");
    assert!(env.clouds.youku.sessions().is_empty());
}
