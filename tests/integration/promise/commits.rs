//! The reported outcome of a commit is its real outcome: a refusal is no video, and a video without an id is one.

use super::{Answer, naming, send_event, start_env_with_switches, task};
use crate::{
    gearman::GearmanEnv,
    support::{TestEnv, add_fault, command_line::oss2youku, sample_bytes, wait_fired},
};
use bytes::Bytes;
use local_clouds::youku::Switches;
use serde_json::{Value, json};

const SIZE: usize = 1_500_000;
/// Every state that Youku's pages, or its clients, name.
const STATES: [&str; 7] = ["normal", "limited", "blocked", "encoding", "in_review", "fail", "none"];

/// What `explain` says of an object's upload.
async fn explain(env: &TestEnv, key: &str) -> Value {
    let output = oss2youku(env, &["explain", "--json", &format!("oss://videos/{key}")]).await;
    let [report] = output.lines().try_into().unwrap();
    report
}

/// Asserts that the video is not published and that nothing reports it as published.
async fn assert_unpublished(env: &TestEnv, title: &str, bytes: &Bytes, answer: &Answer, case: &str) {
    let key = format!("{title}.mp4");
    assert!(answer.video().is_none() && answer.error().is_some(), "{case}: {answer:?}");
    let report = explain(env, &key).await;
    assert!(report["state"] != "committed" && report["outcome"]["code"] != "200", "{case}: {report}");
    let late = send_event(env, &key, bytes).await;
    assert!(late.video().is_none() && late.error().is_some(), "{case}: {late:?}");
    let id = report["upload_id"].as_str().unwrap();
    let output = oss2youku(env, &["retry", "--json", id]).await;
    assert_ne!(output.code, Some(0), "{case}: {output:?}");
    let report = explain(env, &key).await;
    assert!(report["state"] != "committed" && report["outcome"]["code"] != "200", "{case}: {report}");
    assert_eq!(env.clouds.youku.videos(), [], "{case}");
}

async fn a_refused_commit(mode: &str) {
    for state in STATES {
        let switches = Switches { uncommitted_state: Some(state.to_owned()), ..Switches::default() };
        let env = start_env_with_switches(mode, switches).await;
        let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
        let control = env.clouds.youku.control();
        add_fault(&control, json!({"operation": "commit", "times": 0, "fault": refusal}));
        let bytes = sample_bytes(1, SIZE);
        env.put("film.mp4", &bytes).await;
        let answer = send_event(&env, "film.mp4", &bytes).await;
        let case = format!("{mode}, show says {state}");
        assert_unpublished(&env, "film", &bytes, &answer, &case).await;
        assert_eq!(explain(&env, "film.mp4").await["state"], "failed", "{case}: it was refused for good");
        assert_eq!(env.clouds.youku.sessions().len(), 1, "{case}");
    }
}

#[tokio::test]
async fn a_commit_refused_for_good_is_never_recorded_as_published() {
    a_refused_commit("oss").await;
}

#[tokio::test]
async fn a_commit_refused_in_slice_mode_is_never_called_published() {
    a_refused_commit("slice").await;
}

#[tokio::test]
async fn a_refusal_after_a_lost_answer_is_never_recorded_as_published() {
    for state in STATES {
        let switches = Switches { uncommitted_state: Some(state.to_owned()), ..Switches::default() };
        let env = start_env_with_switches("oss", switches).await;
        let control = env.clouds.youku.control();
        // The first request never reaches Youku.
        add_fault(&control, json!({"operation": "commit", "fault": {"kind": "reset"}}));
        let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
        add_fault(&control, json!({"operation": "commit", "times": 0, "fault": refusal}));
        let bytes = sample_bytes(1, SIZE);
        env.put("film.mp4", &bytes).await;
        let answer = send_event(&env, "film.mp4", &bytes).await;
        assert_unpublished(&env, "film", &bytes, &answer, &format!("show says {state}")).await;
    }
}

#[tokio::test]
async fn a_session_that_ended_uncommitted_is_not_adopted() {
    // Only a committed video is normal, limited or blocked; any other state may be that of a session that was never committed.
    for state in ["encoding", "in_review", "fail", "none"] {
        let switches = Switches { uncommitted_state: Some(state.to_owned()), ..Switches::default() };
        let env = start_env_with_switches("oss", switches).await;
        let control = env.clouds.youku.control();
        let held = add_fault(&control, json!({"operation": "commit", "fault": {"kind": "hold_before"}}));
        let bytes = sample_bytes(1, SIZE);
        env.put("film.mp4", &bytes).await;
        let ending = async {
            wait_fired(&control, held, 1).await;
            let session = env.clouds.youku.sessions().remove(0);
            assert!(env.clouds.youku.expire_upload_token(&session.video_id));
            control.faults.clear();
        };
        let (answer, ()) = tokio::join!(send_event(&env, "film.mp4", &bytes), ending);
        let case = format!("show says {state}");
        assert_unpublished(&env, "film", &bytes, &answer, &case).await;
        assert_eq!(env.clouds.youku.sessions().len(), 1, "{case}: no second session is created by guess");
    }
}

/// Asserts that the video is published without a known id.
fn assert_published_without_id(answer: &Answer, case: &str) {
    let result = answer.result();
    assert_eq!((&result["code"], &result["error"]), (&json!("200"), &Value::Null), "{case}: {answer:?}");
    assert_eq!(result["data"]["videoid"], "", "{case}: {answer:?}");
    assert_eq!(result["data"]["link"], Value::Null, "{case}: {answer:?}");
}

/// Neither create nor commit names the video.
fn nameless() -> Switches {
    Switches {
        oss_create_video_id: false,
        slice_create_video_id: false,
        commit_video_id: false,
        ..Switches::default()
    }
}

#[tokio::test]
async fn a_commit_without_a_video_id_is_published_with_an_empty_id() {
    for mode in ["oss", "slice"] {
        let env = start_env_with_switches(mode, nameless()).await;
        for title in ["by-event", "by-task"] {
            let (key, bytes) = (format!("{title}.mp4"), sample_bytes(title.len() as u64, SIZE));
            env.put(&key, &bytes).await;
            let first = match title {
                "by-event" => send_event(&env, &key, &bytes).await,
                _ => task(&env, &naming(&key)).await,
            };
            env.assert_published(title, &bytes);
            let case = format!("{mode}, {title}");
            assert_published_without_id(&first, &case);
            assert_published_without_id(&send_event(&env, &key, &bytes).await, &case);
            assert_published_without_id(&task(&env, &naming(&key)).await, &case);
            let report = explain(&env, &key).await;
            assert_eq!(
                (&report["state"], &report["outcome"]["code"]),
                (&json!("committed"), &json!("200")),
                "{report}"
            );
            env.assert_published(title, &bytes);
        }
        assert_eq!(env.clouds.youku.sessions().len(), 2, "{mode}");
        let swept = oss2youku(&env, &["sweep", "--json"]).await;
        assert_eq!((swept.code, env.clouds.youku.videos().len()), (Some(0), 2), "{swept:?}");
    }
}

#[tokio::test]
async fn a_commit_without_a_video_id_is_published_under_creates_id() {
    for mode in ["oss", "slice"] {
        let env =
            start_env_with_switches(mode, Switches { commit_video_id: false, ..Switches::default() }).await;
        let bytes = sample_bytes(1, SIZE);
        env.put("film.mp4", &bytes).await;
        let answer = send_event(&env, "film.mp4", &bytes).await;
        let video = env.assert_published("film", &bytes);
        assert_eq!(answer.video(), Some(video.id.as_str()), "{mode}: {answer:?}");
        assert!(answer.result()["data"]["link"].as_str().is_some_and(|link| link.contains(&video.id)));
    }
}

#[tokio::test]
async fn the_gearman_shim_passes_an_empty_video_id_on() {
    let world = GearmanEnv::start().await;
    world.env.clouds.youku.set_switches(nameless());
    let _shim = world.shim(&[]);
    let (job, bytes) = world.object("film", SIZE).await;
    for _ in 0..2 {
        let answer = world.gearmand.foreground(&job).await.expect("the job succeeds");
        assert_eq!((&answer["code"], &answer["data"]["videoid"]), (&json!("200"), &json!("")), "{answer}");
        assert_eq!(answer["data"]["link"], Value::Null, "{answer}");
    }
    world.env.assert_published("film", &bytes);
}
