//! What tasks may name, and what tokens may do.

use super::start_env;
use crate::support::{Setup, sample_bytes};
use serde_json::json;

/// The tokens `one`, `two` and `three`, by `sha256sum`.
const TOKENS: &str = r#"["7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
    { sha256 = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3", rights = ["read"] },
    { sha256 = "8b5b9db0c13db24256c829aa364aa90c6d2eba318b9232a4ab9313b954d3555f", rights = ["submit"] }]"#;

/// A task publishes from the sources that the settings name and from no others; each token does what its rights allow.
#[tokio::test]
async fn a_task_publishes_from_the_allowed_sources_alone() {
    let tokens = TOKENS.replace('\n', " ");
    let variables = [
        ("OSS2YOUKU_HTTP__TOKENS", tokens.as_str()),
        ("OSS2YOUKU_HTTP__SOURCES", r#"["oss://videos/films/"]"#),
        ("OSS2YOUKU_LEGACY__BUCKET", "videos"),
    ];
    let env =
        start_env(&variables, Setup { events: Some(&["oss:ObjectModified:*"]), ..Setup::default() }).await;
    let film = sample_bytes(1, 1000);
    for key in ["films/in.mp4", "films-secret/out.mp4", "user/dee/out.mp4"] {
        env.put(key, &film).await;
    }
    let setting = "http.sources";
    let outside = [
        (json!({"source": "oss://videos/films-secret/out.mp4"}), setting),
        // No object has this key, wherever it lies.
        (json!({"source": "oss://videos/films/../films-secret/out.mp4"}), "the key has a segment . or .."),
        (json!({"source": "s3://videos/films/in.mp4"}), setting),
        (json!({"conf": {"keyname": "out"}}), setting),
    ];
    for (task, why) in outside {
        let (status, report) = env.ask_http_with_token("/uploads", "one", Some(&task)).await;
        assert_eq!((status, &report["error"]), (400, &json!("invalid_job")), "{report}");
        assert!(report["msg"].as_str().unwrap().contains(why), "{report}");
    }
    assert_eq!(env.clouds.youku.sessions(), []);
    let task = json!({"source": "oss://videos/films/in.mp4"});
    for (token, may) in [("two", "read"), ("three", "submit")] {
        let submitted = env.ask_http_with_token("/uploads", token, Some(&task)).await;
        let read = env.ask_http_with_token("/uploads?limit=1", token, None).await;
        let (allowed, (status, report)) =
            if may == "read" { (read.0, submitted) } else { (submitted.0, read) };
        assert_eq!((allowed, status, &report["error"]), (200, 403, &json!("forbidden")), "{token}: {report}");
    }
    env.assert_published("in", &film);
    let (status, report) = env.ask_http_with_token("/uploads?limit=1", "four", None).await;
    assert_eq!((status, &report["error"]), (401, &json!("unauthorized")));
}
