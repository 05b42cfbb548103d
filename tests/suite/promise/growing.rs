//! Objects that still grow, and names for other objects: nobody publishes them unasked.

use super::{Answer, OPEN, UNTRIGGERED, naming, next_second, process_per_call, task, tell, tell_of, videos};
use crate::{
    function::{Rig, Setup, bytes},
    operator::oss2youku,
};
use bytes::Bytes;
use serde_json::{Value, json};

const APPENDS: u64 = 3;

async fn rig() -> Rig {
    let setup = Setup { events: UNTRIGGERED, env: &OPEN, host: process_per_call, ..Setup::default() };
    let rig = Rig::start(setup).await;
    // The ledger is born before what a sweep finds.
    swept(&rig).await;
    next_second().await;
    rig
}

/// What a sweep told beside its summary.
async fn swept(rig: &Rig) -> Vec<Value> {
    let said = oss2youku(rig, &["sweep", "--json"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let mut lines = said.lines();
    let summary = lines.pop().expect("a summary");
    assert_eq!((&summary["event"], &summary["troubles"]), (&json!("swept"), &json!(0)), "{summary}");
    lines
}

/// Left alone by an event, with its reason in the answer and in the log, and by a sweep without a word.
async fn is_left_alone(rig: &Rig, key: &str, bytes: &Bytes) {
    let answer = tell(rig, key, bytes).await;
    assert_eq!((answer.skipped(), answer.comes_again()), (Some("not_whole"), false), "{answer:?}");
    assert!(rig.log().contains("not_whole"), "{}", rig.log());
    next_second().await;
    assert_eq!(swept(rig).await, [Value::Null; 0]);
    assert_eq!(rig.clouds.youku.sessions(), []);
}

#[tokio::test]
async fn an_object_appended_to_three_times_makes_no_video() {
    let rig = rig().await;
    let parts: Vec<_> = (0..APPENDS).map(|seed| bytes(seed, 700_000)).collect();
    let whole: Bytes = parts.concat().into();
    for part in parts {
        rig.clouds.oss.append("videos", "film.mp4", part).await.unwrap();
        let appended = tell_of(&rig, "ObjectCreated:AppendObject", "film.mp4", &whole).await;
        assert_eq!(appended.skipped(), Some("not_whole"), "{appended:?}");
        is_left_alone(&rig, "film.mp4", &whole).await;
    }
}

#[tokio::test]
async fn a_symlink_makes_no_video_and_its_target_makes_one() {
    let rig = rig().await;
    let bytes = bytes(1, 700_000);
    rig.put("elsewhere.bin", &bytes).await;
    rig.clouds.oss.symlink("videos", "film.mp4", "elsewhere.bin").unwrap();
    let linked = tell_of(&rig, "ObjectCreated:PutSymlink", "film.mp4", &bytes).await;
    assert_eq!(linked.skipped(), Some("not_whole"), "{linked:?}");
    is_left_alone(&rig, "film.mp4", &bytes).await;

    rig.put("target.mp4", &bytes).await;
    rig.clouds.oss.symlink("videos", "film.mp4", "target.mp4").unwrap();
    next_second().await;
    let found = swept(&rig).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["object"], "oss://videos/target.mp4");
    assert_eq!((videos(&rig, "target"), videos(&rig, "film")), (1, 0));
}

#[tokio::test]
async fn a_task_that_names_a_growing_object_or_a_symlink_publishes() {
    let rig = rig().await;
    let parts: Vec<_> = (0..APPENDS).map(|seed| bytes(seed, 300_000)).collect();
    let whole: Bytes = parts.concat().into();
    for part in parts {
        rig.clouds.oss.append("videos", "log.mp4", part).await.unwrap();
    }
    rig.put("elsewhere.bin", &whole).await;
    rig.clouds.oss.symlink("videos", "link.mp4", "elsewhere.bin").unwrap();
    for title in ["log", "link"] {
        let key = format!("{title}.mp4");
        let answer = task(&rig, &naming(&key)).await;
        let video = rig.published(title, &whole);
        assert_eq!(answer.video(), Some(video.id.as_str()), "{answer:?}");
    }
    // What a task published an event may name, or leave alone; it makes no second video.
    for title in ["log", "link"] {
        let answer: Answer = tell(&rig, &format!("{title}.mp4"), &whole).await;
        assert_eq!(answer.error(), None, "{answer:?}");
        rig.published(title, &whole);
    }
    assert_eq!(rig.clouds.youku.videos().len(), 2);
}
