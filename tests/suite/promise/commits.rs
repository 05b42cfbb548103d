//! What is said of a commit is what became of it: a refusal is no video, and a video without an id is one.

use super::{Answer, OPEN, UNTRIGGERED, naming, process_per_call, reached, task, tell};
use crate::{
    function::{Rig, Setup, bytes, script},
    gearman::World,
    operator::oss2youku,
};
use bytes::Bytes;
use local_clouds::youku::Switches;
use serde_json::{Value, json};

const SIZE: usize = 1_500_000;
/// Every state that Youku's pages, or its clients, name.
const STATES: [&str; 7] = ["normal", "limited", "blocked", "encoding", "in_review", "fail", "none"];

async fn rig(mode: &str, switches: Switches) -> Rig {
    let setup = Setup { events: UNTRIGGERED, env: &OPEN, host: process_per_call, ..Setup::mode(mode) };
    let rig = Rig::start(setup).await;
    rig.clouds.youku.set_switches(switches);
    rig
}

/// What `explain` says of an object's upload.
async fn explained(rig: &Rig, key: &str) -> Value {
    let said = oss2youku(rig, &["explain", "--json", &format!("oss://videos/{key}")]).await;
    let [told] = said.lines().try_into().unwrap();
    told
}

/// Nobody says that it is published, and it is not.
async fn is_unpublished(rig: &Rig, title: &str, bytes: &Bytes, answer: &Answer, case: &str) {
    let key = format!("{title}.mp4");
    assert!(answer.video().is_none() && answer.error().is_some(), "{case}: {answer:?}");
    let told = explained(rig, &key).await;
    assert!(told["state"] != "committed" && told["outcome"]["code"] != "200", "{case}: {told}");
    let late = tell(rig, &key, bytes).await;
    assert!(late.video().is_none() && late.error().is_some(), "{case}: {late:?}");
    let id = told["upload_id"].as_str().unwrap();
    let said = oss2youku(rig, &["retry", "--json", id]).await;
    assert_ne!(said.code, Some(0), "{case}: {said:?}");
    let told = explained(rig, &key).await;
    assert!(told["state"] != "committed" && told["outcome"]["code"] != "200", "{case}: {told}");
    assert_eq!(rig.clouds.youku.videos(), [], "{case}");
}

async fn a_refused_commit(mode: &str) {
    for state in STATES {
        let switches = Switches { uncommitted_state: Some(state.to_owned()), ..Switches::default() };
        let rig = rig(mode, switches).await;
        let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
        let control = rig.clouds.youku.control();
        script(&control, json!({"operation": "commit", "times": 0, "fault": refusal}));
        let bytes = bytes(1, SIZE);
        rig.put("film.mp4", &bytes).await;
        let answer = tell(&rig, "film.mp4", &bytes).await;
        let case = format!("{mode}, show says {state}");
        is_unpublished(&rig, "film", &bytes, &answer, &case).await;
        assert_eq!(explained(&rig, "film.mp4").await["state"], "failed", "{case}: it was refused for good");
        assert_eq!(rig.clouds.youku.sessions().len(), 1, "{case}");
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
        let rig = rig("oss", switches).await;
        let control = rig.clouds.youku.control();
        // The first request never reaches Youku.
        script(&control, json!({"operation": "commit", "fault": {"kind": "reset"}}));
        let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
        script(&control, json!({"operation": "commit", "times": 0, "fault": refusal}));
        let bytes = bytes(1, SIZE);
        rig.put("film.mp4", &bytes).await;
        let answer = tell(&rig, "film.mp4", &bytes).await;
        is_unpublished(&rig, "film", &bytes, &answer, &format!("show says {state}")).await;
    }
}

#[tokio::test]
async fn a_session_that_ended_uncommitted_is_not_adopted() {
    // Only a committed video is normal, limited or blocked; what else there is a session may be that nobody committed.
    for state in ["encoding", "in_review", "fail", "none"] {
        let switches = Switches { uncommitted_state: Some(state.to_owned()), ..Switches::default() };
        let rig = rig("oss", switches).await;
        let control = rig.clouds.youku.control();
        let held = script(&control, json!({"operation": "commit", "fault": {"kind": "hold_before"}}));
        let bytes = bytes(1, SIZE);
        rig.put("film.mp4", &bytes).await;
        let ending = async {
            reached(&control, held).await;
            let session = rig.clouds.youku.sessions().remove(0);
            assert!(rig.clouds.youku.expire_upload_token(&session.video_id));
            control.faults.clear();
        };
        let (answer, ()) = tokio::join!(tell(&rig, "film.mp4", &bytes), ending);
        let case = format!("show says {state}");
        is_unpublished(&rig, "film", &bytes, &answer, &case).await;
        assert_eq!(rig.clouds.youku.sessions().len(), 1, "{case}: nobody creates again by guess");
    }
}

/// Published, under an id that nobody knows.
fn is_published_without_id(answer: &Answer, case: &str) {
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
        let rig = rig(mode, nameless()).await;
        for title in ["by-event", "by-task"] {
            let (key, bytes) = (format!("{title}.mp4"), bytes(title.len() as u64, SIZE));
            rig.put(&key, &bytes).await;
            let first = match title {
                "by-event" => tell(&rig, &key, &bytes).await,
                _ => task(&rig, &naming(&key)).await,
            };
            rig.published(title, &bytes);
            let case = format!("{mode}, {title}");
            is_published_without_id(&first, &case);
            is_published_without_id(&tell(&rig, &key, &bytes).await, &case);
            is_published_without_id(&task(&rig, &naming(&key)).await, &case);
            let told = explained(&rig, &key).await;
            assert_eq!(
                (&told["state"], &told["outcome"]["code"]),
                (&json!("committed"), &json!("200")),
                "{told}"
            );
            rig.published(title, &bytes);
        }
        assert_eq!(rig.clouds.youku.sessions().len(), 2, "{mode}");
        let swept = oss2youku(&rig, &["sweep", "--json"]).await;
        assert_eq!((swept.code, rig.clouds.youku.videos().len()), (Some(0), 2), "{swept:?}");
    }
}

#[tokio::test]
async fn a_commit_without_a_video_id_is_published_under_creates_id() {
    for mode in ["oss", "slice"] {
        let rig = rig(mode, Switches { commit_video_id: false, ..Switches::default() }).await;
        let bytes = bytes(1, SIZE);
        rig.put("film.mp4", &bytes).await;
        let answer = tell(&rig, "film.mp4", &bytes).await;
        let video = rig.published("film", &bytes);
        assert_eq!(answer.video(), Some(video.id.as_str()), "{mode}: {answer:?}");
        assert!(answer.result()["data"]["link"].as_str().is_some_and(|link| link.contains(&video.id)));
    }
}

#[tokio::test]
async fn the_gearman_shim_passes_an_empty_video_id_on() {
    let world = World::start().await;
    world.rig.clouds.youku.set_switches(nameless());
    let _shim = world.shim(&[]);
    let (job, bytes) = world.object("film", SIZE).await;
    for _ in 0..2 {
        let answer = world.gearmand.foreground(&job).await.expect("the job succeeds");
        assert_eq!((&answer["code"], &answer["data"]["videoid"]), (&json!("200"), &json!("")), "{answer}");
        assert_eq!(answer["data"]["link"], Value::Null, "{answer}");
    }
    world.rig.published("film", &bytes);
}
