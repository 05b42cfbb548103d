//! A wrong MD5 is stated for an object: the object is still published with exactly its bytes, and the outcome names who stated it.

use super::{Answer, count_committed_sessions, naming, send_event, start_env_with_switches, task};
use crate::support::{MIB, TestEnv, add_fault, command_line::oss2youku, md5_hex, sample_bytes};
use bytes::Bytes;
use local_clouds::youku::{CommitMd5Error, Switches};
use serde_json::{Value, json};

/// Where the MD5 is stated, and how the outcome names the place.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stated {
    Metadata,
    Field,
}
use Stated::{Field, Metadata};

impl Stated {
    fn place(self) -> &'static str {
        match self {
            Metadata => "metadata md5",
            Field => "field md5",
        }
    }

    /// Puts an object in parts, so that only this statement gives an MD5, and has it uploaded.
    async fn upload(self, env: &TestEnv, key: &str, bytes: &Bytes, md5: &str) -> Answer {
        match self {
            Metadata => {
                env.put_in_parts_of(key, bytes, MIB, &[("md5", md5)]).await;
                send_event(env, key, bytes).await
            }
            Field => {
                env.put_in_parts_of(key, bytes, MIB, &[]).await;
                let mut stating = naming(key);
                stating["md5"] = md5.into();
                task(env, &stating).await
            }
        }
    }
}

/// Asserts that the one video has the object's bytes and their MD5 and comes of one session, and that the answer names it and the wrong
/// statement.
async fn assert_published_with_warning(
    env: &TestEnv,
    title: &str,
    bytes: &Bytes,
    stated: Stated,
    answer: &Answer,
    case: &str,
) {
    let video = env.assert_published(title, bytes);
    assert_eq!(answer.video(), Some(video.id.as_str()), "{case}: {answer:?}");
    let warning = answer.result()["data"]["warning"].as_str().unwrap_or_default();
    assert!(warning.contains(stated.place()), "{case}: {answer:?}");
    assert_eq!(count_committed_sessions(env).get(title), Some(&1), "{case}");
    let sessions = env.clouds.youku.sessions();
    let sessions = sessions.iter().filter(|session| session.title == title).count();
    assert!(sessions <= 2, "{case}: {sessions} sessions");
    let late = send_event(env, &format!("{title}.mp4"), bytes).await;
    assert_eq!(late.video(), Some(video.id.as_str()), "{case}: {late:?}");
    assert_eq!(count_committed_sessions(env).get(title), Some(&1), "{case}");
}

async fn a_wrong_md5(mode: &str) {
    for commit_md5_error in [CommitMd5Error::Own, CommitMd5Error::HashCheck] {
        let env = start_env_with_switches(mode, Switches { commit_md5_error, ..Switches::default() }).await;
        for (number, stated) in [Metadata, Field].into_iter().enumerate() {
            let (title, bytes) = (format!("film-{number}"), sample_bytes(number as u64, 2 * MIB + 17));
            let wrong = md5_hex(b"another film");
            let answer = stated.upload(&env, &format!("{title}.mp4"), &bytes, &wrong).await;
            let case = format!("{mode}, {commit_md5_error:?}, {stated:?}");
            assert_published_with_warning(&env, &title, &bytes, stated, &answer, &case).await;
        }
    }
}

#[tokio::test]
async fn a_wrong_stated_md5_is_replaced_on_the_way_to_a_bucket() {
    a_wrong_md5("oss").await;
}

#[tokio::test]
async fn a_wrong_stated_md5_is_replaced_in_slice_mode() {
    a_wrong_md5("slice").await;
}

/// Youku already has a film of that MD5 and length, and would take the upload for it.
async fn the_md5_of_another_film(mode: &str) {
    let env = start_env_with_switches(mode, Switches { instant_upload: true, ..Switches::default() }).await;
    let other = sample_bytes(99, 2 * MIB + 17);
    env.put("other.mp4", &other).await;
    assert!(send_event(&env, "other.mp4", &other).await.video().is_some());
    for (number, stated) in [Metadata, Field].into_iter().enumerate() {
        let (title, bytes) = (format!("film-{number}"), sample_bytes(number as u64, other.len()));
        let answer = stated.upload(&env, &format!("{title}.mp4"), &bytes, &md5_hex(&other)).await;
        assert_published_with_warning(&env, &title, &bytes, stated, &answer, &format!("{mode}, {stated:?}"))
            .await;
    }
    env.assert_published("other", &other);
}

#[tokio::test]
async fn an_instant_answer_to_another_md5_publishes_no_other_film() {
    the_md5_of_another_film("oss").await;
}

#[tokio::test]
async fn an_instant_answer_in_slice_mode_publishes_no_other_film() {
    the_md5_of_another_film("slice").await;
}

#[tokio::test]
async fn a_right_stated_md5_costs_one_session_and_no_warning() {
    for (mode, instant_upload) in [("oss", false), ("slice", false), ("oss", true), ("slice", true)] {
        let env = start_env_with_switches(mode, Switches { instant_upload, ..Switches::default() }).await;
        for (number, stated) in [Metadata, Field].into_iter().enumerate() {
            // Youku already has the second one, where it says so.
            let (title, bytes) = (format!("film-{number}"), sample_bytes(1, 2 * MIB + 17));
            let answer = stated.upload(&env, &format!("{title}.mp4"), &bytes, &md5_hex(&bytes)).await;
            let video = env.assert_published(&title, &bytes);
            assert_eq!(answer.video(), Some(video.id.as_str()), "{answer:?}");
            assert_eq!(answer.result()["data"]["warning"], Value::Null, "{answer:?}");
        }
        assert_eq!(env.clouds.youku.sessions().len(), 2, "{mode}");
    }
}

#[tokio::test]
async fn a_refusal_for_the_hash_stands_where_measuring_agrees() {
    for (mode, code) in [("oss", "120010224"), ("slice", "120010225")] {
        let env = start_env_with_switches(mode, Switches::default()).await;
        let refusal = json!({"kind": "status", "status": 400, "code": code});
        let control = env.clouds.youku.control();
        add_fault(&control, json!({"operation": "commit", "times": 0, "fault": refusal}));
        let bytes = sample_bytes(1, 2 * MIB + 17);
        let answer = Metadata.upload(&env, "film.mp4", &bytes, &md5_hex(&bytes)).await;
        assert!(answer.video().is_none() && answer.error().is_some(), "{mode}: {answer:?}");
        let output = oss2youku(&env, &["explain", "--json", "oss://videos/film.mp4"]).await;
        let [report] = output.lines().try_into().unwrap();
        assert_eq!(report["state"], "failed", "{mode}: {report}");
        let output = oss2youku(&env, &["retry", report["upload_id"].as_str().unwrap()]).await;
        assert_ne!(output.code, Some(0), "{mode}: {output:?}");
        assert_eq!((env.clouds.youku.videos().len(), env.clouds.youku.sessions().len()), (0, 1), "{mode}");
    }
}
