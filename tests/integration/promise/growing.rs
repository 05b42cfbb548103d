//! Objects that still grow, and symlinks: they are published only on request.

use super::{Answer, called_by_test, naming, next_second, send_event, send_named_event, task, videos};
use crate::support::{TestEnv, command_line::oss2youku, sample_bytes};
use bytes::Bytes;
use serde_json::{Value, json};

const APPENDS: u64 = 3;

async fn start_env() -> TestEnv {
    let setup = called_by_test();
    let env = TestEnv::start(setup).await;
    // The ledger's birth mark is older than what a sweep finds.
    sweep(&env).await;
    next_second().await;
    env
}

/// What a sweep printed before its summary.
async fn sweep(env: &TestEnv) -> Vec<Value> {
    let output = oss2youku(env, &["sweep", "--json"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    let mut lines = output.lines();
    let summary = lines.pop().expect("a summary");
    assert_eq!((&summary["event"], &summary["troubles"]), (&json!("swept"), &json!(0)), "{summary}");
    lines
}

/// Asserts that an event skips the object, with the reason in the answer and in the log, and that a sweep skips it silently.
async fn assert_skipped(env: &TestEnv, key: &str, bytes: &Bytes) {
    let answer = send_event(env, key, bytes).await;
    assert_eq!((answer.skipped(), answer.is_redelivered()), (Some("not_whole"), false), "{answer:?}");
    assert!(env.log().contains("not_whole"), "{}", env.log());
    next_second().await;
    assert_eq!(sweep(env).await, [Value::Null; 0]);
    assert_eq!(env.clouds.youku.sessions(), []);
}

#[tokio::test]
async fn an_object_appended_to_three_times_makes_no_video() {
    let env = start_env().await;
    let parts: Vec<_> = (0..APPENDS).map(|seed| sample_bytes(seed, 700_000)).collect();
    let whole: Bytes = parts.concat().into();
    for part in parts {
        env.clouds.oss.append("videos", "film.mp4", part).await.unwrap();
        let appended = send_named_event(&env, "ObjectCreated:AppendObject", "film.mp4", &whole).await;
        assert_eq!(appended.skipped(), Some("not_whole"), "{appended:?}");
        assert_skipped(&env, "film.mp4", &whole).await;
    }
}

#[tokio::test]
async fn a_symlink_makes_no_video_and_its_target_makes_one() {
    let env = start_env().await;
    let bytes = sample_bytes(1, 700_000);
    env.put("elsewhere.bin", &bytes).await;
    env.clouds.oss.symlink("videos", "film.mp4", "elsewhere.bin").unwrap();
    let linked = send_named_event(&env, "ObjectCreated:PutSymlink", "film.mp4", &bytes).await;
    assert_eq!(linked.skipped(), Some("not_whole"), "{linked:?}");
    assert_skipped(&env, "film.mp4", &bytes).await;

    env.put("target.mp4", &bytes).await;
    env.clouds.oss.symlink("videos", "film.mp4", "target.mp4").unwrap();
    next_second().await;
    let found = sweep(&env).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["object"], "oss://videos/target.mp4");
    assert_eq!((videos(&env, "target"), videos(&env, "film")), (1, 0));
}

#[tokio::test]
async fn a_task_that_names_a_growing_object_or_a_symlink_publishes() {
    let env = start_env().await;
    let parts: Vec<_> = (0..APPENDS).map(|seed| sample_bytes(seed, 300_000)).collect();
    let whole: Bytes = parts.concat().into();
    for part in parts {
        env.clouds.oss.append("videos", "log.mp4", part).await.unwrap();
    }
    env.put("elsewhere.bin", &whole).await;
    env.clouds.oss.symlink("videos", "link.mp4", "elsewhere.bin").unwrap();
    for title in ["log", "link"] {
        let key = format!("{title}.mp4");
        let answer = task(&env, &naming(&key)).await;
        let video = env.assert_published(title, &whole);
        assert_eq!(answer.video(), Some(video.id.as_str()), "{answer:?}");
    }
    // An event may name or skip what a task published; it makes no second video.
    for title in ["log", "link"] {
        let answer: Answer = send_event(&env, &format!("{title}.mp4"), &whole).await;
        assert_eq!(answer.error(), None, "{answer:?}");
        env.assert_published(title, &whole);
    }
    assert_eq!(env.clouds.youku.videos().len(), 2);
}
