//! Somebody states an MD5 that is not the object's: the object is published all the same, its bytes and no others, and who was wrong
//! is named.

use super::{Answer, OPEN, UNTRIGGERED, committed, naming, process_per_call, task, tell};
use crate::{
    function::{MIB, Rig, Setup, bytes, md5_hex, script},
    operator::oss2youku,
};
use bytes::Bytes;
use local_clouds::youku::{CommitMd5Error, Switches};
use object_storage::PutOptions;
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

    /// Puts an object of which nobody but this statement knows an MD5, and has it uploaded.
    async fn upload(self, rig: &Rig, key: &str, bytes: &Bytes, md5: &str) -> Answer {
        match self {
            Metadata => {
                put_in_parts(rig, key, bytes, &[("md5", md5)]).await;
                tell(rig, key, bytes).await
            }
            Field => {
                put_in_parts(rig, key, bytes, &[]).await;
                let mut stating = naming(key);
                stating["md5"] = md5.into();
                task(rig, &stating).await
            }
        }
    }
}

/// Two parts and user metadata: OSS has no Content-MD5 of it.
async fn put_in_parts(rig: &Rig, key: &str, bytes: &Bytes, metadata: &[(&str, &str)]) {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let options = PutOptions { user_metadata: metadata.iter().map(owned).collect(), ..PutOptions::default() };
    let id = rig.bucket.initiate_multipart(key, &options).await.unwrap();
    let mut parts = Vec::new();
    for (number, start) in (1..).zip((0..bytes.len()).step_by(MIB)) {
        let part = bytes.slice(start..(start + MIB).min(bytes.len()));
        let size = part.len() as u64;
        let body = reqwest::Body::from(part);
        let receipt = rig.bucket.upload_part(key, &id, number, body, size).await.unwrap();
        parts.push((number, receipt.etag));
    }
    rig.bucket.complete_multipart(key, &id, &parts, false).await.unwrap();
}

async fn rig(mode: &str, switches: Switches) -> Rig {
    let setup = Setup { events: UNTRIGGERED, env: &OPEN, host: process_per_call, ..Setup::mode(mode) };
    let rig = Rig::start(setup).await;
    rig.clouds.youku.set_switches(switches);
    rig
}

/// The one video has the object's bytes and their MD5, comes of one session, and the answer names it and the wrong statement.
async fn judge(rig: &Rig, title: &str, bytes: &Bytes, stated: Stated, answer: &Answer, case: &str) {
    let video = rig.published(title, bytes);
    assert_eq!(answer.video(), Some(video.id.as_str()), "{case}: {answer:?}");
    let warning = answer.result()["data"]["warning"].as_str().unwrap_or_default();
    assert!(warning.contains(stated.place()), "{case}: {answer:?}");
    assert_eq!(committed(rig).get(title), Some(&1), "{case}");
    let sessions = rig.clouds.youku.sessions();
    let sessions = sessions.iter().filter(|session| session.title == title).count();
    assert!(sessions <= 2, "{case}: {sessions} sessions");
    let late = tell(rig, &format!("{title}.mp4"), bytes).await;
    assert_eq!(late.video(), Some(video.id.as_str()), "{case}: {late:?}");
    assert_eq!(committed(rig).get(title), Some(&1), "{case}");
}

async fn a_wrong_md5(mode: &str) {
    for commit_md5_error in [CommitMd5Error::Own, CommitMd5Error::HashCheck] {
        let rig = rig(mode, Switches { commit_md5_error, ..Switches::default() }).await;
        for (number, stated) in [Metadata, Field].into_iter().enumerate() {
            let (title, bytes) = (format!("film-{number}"), bytes(number as u64, 2 * MIB + 17));
            let wrong = md5_hex(b"another film");
            let answer = stated.upload(&rig, &format!("{title}.mp4"), &bytes, &wrong).await;
            let case = format!("{mode}, {commit_md5_error:?}, {stated:?}");
            judge(&rig, &title, &bytes, stated, &answer, &case).await;
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

/// Youku holds a film of that MD5 and that length already: it would take the upload for that one.
async fn the_md5_of_another_film(mode: &str) {
    let rig = rig(mode, Switches { instant_upload: true, ..Switches::default() }).await;
    let other = bytes(99, 2 * MIB + 17);
    rig.put("other.mp4", &other).await;
    assert!(tell(&rig, "other.mp4", &other).await.video().is_some());
    for (number, stated) in [Metadata, Field].into_iter().enumerate() {
        let (title, bytes) = (format!("film-{number}"), bytes(number as u64, other.len()));
        let answer = stated.upload(&rig, &format!("{title}.mp4"), &bytes, &md5_hex(&other)).await;
        judge(&rig, &title, &bytes, stated, &answer, &format!("{mode}, {stated:?}")).await;
    }
    rig.published("other", &other);
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
        let rig = rig(mode, Switches { instant_upload, ..Switches::default() }).await;
        for (number, stated) in [Metadata, Field].into_iter().enumerate() {
            // The second one Youku has already, where it says so.
            let (title, bytes) = (format!("film-{number}"), bytes(1, 2 * MIB + 17));
            let answer = stated.upload(&rig, &format!("{title}.mp4"), &bytes, &md5_hex(&bytes)).await;
            let video = rig.published(&title, &bytes);
            assert_eq!(answer.video(), Some(video.id.as_str()), "{answer:?}");
            assert_eq!(answer.result()["data"]["warning"], Value::Null, "{answer:?}");
        }
        assert_eq!(rig.clouds.youku.sessions().len(), 2, "{mode}");
    }
}

#[tokio::test]
async fn a_refusal_for_the_hash_stands_where_measuring_agrees() {
    for (mode, code) in [("oss", "120010224"), ("slice", "120010225")] {
        let rig = rig(mode, Switches::default()).await;
        let refusal = json!({"kind": "status", "status": 400, "code": code});
        let control = rig.clouds.youku.control();
        script(&control, json!({"operation": "commit", "times": 0, "fault": refusal}));
        let bytes = bytes(1, 2 * MIB + 17);
        let answer = Metadata.upload(&rig, "film.mp4", &bytes, &md5_hex(&bytes)).await;
        assert!(answer.video().is_none() && answer.error().is_some(), "{mode}: {answer:?}");
        let said = oss2youku(&rig, &["explain", "--json", "oss://videos/film.mp4"]).await;
        let [told] = said.lines().try_into().unwrap();
        assert_eq!(told["state"], "failed", "{mode}: {told}");
        let said = oss2youku(&rig, &["retry", told["upload_id"].as_str().unwrap()]).await;
        assert_ne!(said.code, Some(0), "{mode}: {said:?}");
        assert_eq!((rig.clouds.youku.videos().len(), rig.clouds.youku.sessions().len()), (0, 1), "{mode}");
    }
}
