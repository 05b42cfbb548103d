//! Tasks about objects that an event has published already: the answer says what of the task is not used.

use crate::support::{Setup, TestEnv, command_line::oss2youku, sample_bytes, serve_http};
use serde_json::{Value, json};

const KEY: &str = "user/dee/clip.mp4";

/// An environment in which the event of [`KEY`] has made its video; returns that video's id.
async fn start() -> (TestEnv, String) {
    let env = TestEnv::start(Setup {
        variables: &[
            ("OSS2YOUKU_LEGACY__BUCKET", "videos"),
            ("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"),
            ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true"),
        ],
        host: serve_http,
        ..Setup::default()
    })
    .await;
    let bytes = sample_bytes(1, 300_000);
    env.put(KEY, &bytes).await;
    env.wait_for_delivery().await;
    let video = env.assert_published("clip", &bytes);
    (env, video.id)
}

/// Sends a task and returns the warning of its answer, which is about that video.
async fn warning(env: &TestEnv, video: &str, task: &Value) -> String {
    let (status, answer) = env.ask_http("/uploads", Some(task)).await;
    assert_eq!((status, answer["data"]["videoid"].as_str()), (200, Some(video)), "{answer}");
    assert_eq!(env.clouds.youku.videos().len(), 1, "no second video");
    answer["data"]["warning"].as_str().unwrap_or_default().to_owned()
}

/// A legacy job after the event of its object: the title and the callback are named as not used, with the video's id.
#[tokio::test]
async fn a_legacy_job_after_the_event_names_what_is_unused() {
    let (env, video) = start().await;
    let task = |title: &str, tags: &str, callback: Value| {
        json!({
            "conf": {"clientid": "local-client", "ak": "local-access-token", "keyname": "clip", "callbackurl": callback},
            "youku": {"title": title, "tags": tags, "public_type": "all"},
        })
    };
    let said = warning(&env, &video, &task("By job", "other", "http://example.com/".into())).await;
    assert!(said.contains("not used: title, callback;") && said.contains(&video), "{said}");
    // What the job states is what the video has.
    assert_eq!(warning(&env, &video, &task("clip", "other", Value::Null)).await, "");
}

#[tokio::test]
async fn a_modern_task_after_the_event_names_what_is_unused() {
    let (env, video) = start().await;
    let task = json!({"source": format!("oss://videos/{KEY}"), "video": {"title": "By task", "public_type": "friend"}});
    let said = warning(&env, &video, &task).await;
    assert!(said.contains("not used: title, public_type;") && said.contains(&video), "{said}");
}

#[tokio::test]
async fn the_command_line_after_the_event_names_what_is_unused() {
    let (env, video) = start().await;
    let source = format!("oss://videos/{KEY}");
    let said = oss2youku(&env, &["upload", &source, "--title", "By hand"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("not used: title;") && said.out.contains(&video), "{said:?}");
    let said = oss2youku(&env, &["upload", &source]).await;
    assert!(said.code == Some(0) && !said.out.contains("not used"), "{said:?}");
}
