//! `oss2youku sweep` and the timer: what was left open is finished, what no event told of is found, and the back catalogue stays where it is.

use crate::{
    function::{Rig, Setup, bytes, script},
    operator::{SWEPT, oss2youku},
};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Stores tell whole seconds: what is put now is older than what comes afterwards.
async fn next_second() {
    tokio::time::sleep(Duration::from_millis(1100)).await;
}

/// A bucket whose events call nobody.
async fn untriggered() -> Rig {
    Rig::start(Setup { events: Some(&["oss:ObjectModified:*"]), env: &SWEPT, ..Setup::default() }).await
}

/// The last of the lines: what the sweep did in all.
fn summary(lines: &[Value]) -> &Value {
    let last = lines.last().expect("a summary");
    assert_eq!(last["event"], "swept", "{last}");
    last
}

#[tokio::test]
async fn a_sweep_finishes_what_a_killed_function_left() {
    let rig = Rig::start(Setup { env: &SWEPT, ..Setup::default() }).await;
    let bytes = bytes(1, 20_000_000);
    let control = rig.clouds.youku.bucket_control();
    let rule = json!({"operation": "UploadPart", "skip": 1, "fault": {"kind": "hold_before"}});
    let held = script(&control, rule);
    rig.put("clip.mp4", &bytes).await;
    assert!(control.faults.wait_fired(held, 1).await);
    rig.clouds.fc.kill_instance(&rig.clouds.function, Signal::SIGKILL).await;
    control.faults.release(held);
    // The event comes again at once, finds the dead holder's lease alive, and leaves the upload to the sweep.
    assert_eq!(rig.delivery().await.result()["error"], "in_progress");
    assert_eq!(rig.clouds.youku.videos().len(), 0);
    let (begun, mut sweeps) = (Instant::now(), 0);
    let said = loop {
        let said = oss2youku(&rig, &["sweep", "--json"]).await;
        if summary(&said.lines())["left"] == 0 {
            break said;
        }
        sweeps += 1;
        assert!(begun.elapsed() < Duration::from_secs(60), "the lease never dies: {said:?}");
    };
    let video = rig.published("clip", &bytes);
    let resumed = &said.lines()[0];
    assert_eq!(
        (resumed["event"].as_str(), resumed["object"].as_str(), resumed["video_id"].as_str()),
        (Some("resumed"), Some("oss://videos/clip.mp4"), Some(video.id.as_str())),
        "{said:?}"
    );
    assert!(sweeps > 0 && said.code == Some(0), "the first one finds it held: {said:?}");
    let said = oss2youku(&rig, &["sweep"]).await;
    assert!(said.out.contains("0 new") && said.out.contains("begins from the beginning"), "{said:?}");
    rig.published("clip", &bytes);
}

#[tokio::test]
async fn a_sweep_finds_what_no_event_told_of_and_the_back_catalogue_only_when_asked() {
    let rig = untriggered().await;
    let (old, new, note) = (bytes(1, 3_000_000), bytes(2, 2_000_000), bytes(3, 100));
    rig.put("old/1.mp4", &old).await;
    next_second().await;
    let said = oss2youku(&rig, &["sweep", "--json"]).await;
    assert_eq!((summary(&said.lines())["older"].as_u64(), said.lines().len()), (Some(1), 1), "{said:?}");
    next_second().await;
    rig.put("新/2 +%20.mp4", &new).await;
    rig.put("note.txt", &note).await;
    let said = oss2youku(&rig, &["sweep", "--json"]).await;
    let found = &said.lines()[0];
    assert_eq!(
        (found["event"].as_str(), found["object"].as_str(), said.lines().len()),
        (Some("found"), Some("oss://videos/新/2 +%20.mp4"), 2),
        "{said:?}"
    );
    assert_eq!((rig.clouds.youku.videos().len(), said.code), (1, Some(0)));
    rig.published("2 +%20", &new);
    oss2youku(&rig, &["sweep"]).await;
    assert_eq!(rig.clouds.youku.videos().len(), 1);

    let said = oss2youku(&rig, &["sweep", "--since", "1h", "--limit", "1"]).await;
    assert!(said.code == Some(0) && said.out.contains("oss://videos/old/1.mp4"), "{said:?}");
    rig.published("1", &old);
    rig.published("2 +%20", &new);
}

#[tokio::test]
async fn the_functions_timer_publishes_an_object_whose_event_was_lost() {
    let rig = untriggered().await;
    let timer = async || {
        let event = json!({"triggerTime": "2026-11-22T08:00:00Z", "triggerName": "sweep", "payload": ""});
        let result = rig.clouds.fc.invoke(&rig.clouds.function, event.to_string()).await;
        assert_eq!(result.error_type, None, "{result:?}");
        serde_json::from_slice::<Value>(&result.body).unwrap()
    };
    assert_eq!(timer().await, json!({"results": []}));
    next_second().await;
    let bytes = bytes(1, 2_000_000);
    rig.put_in_parts("lost.mp4", &bytes).await;
    let answer = timer().await;
    let video = rig.published("lost", &bytes);
    assert_eq!(answer["results"][0]["data"]["videoid"], video.id, "{answer}");
    assert_eq!(timer().await, json!({"results": []}));
    rig.published("lost", &bytes);
}

#[tokio::test]
async fn a_sweep_that_cannot_list_says_so_and_the_next_one_finds_everything() {
    let rig = untriggered().await;
    oss2youku(&rig, &["sweep"]).await;
    next_second().await;
    let bytes = bytes(1, 1000);
    rig.put("a.mp4", &bytes).await;
    let denied = json!({"kind": "status", "status": 403, "code": "AccessDenied"});
    script(&rig.clouds.oss_control, json!({"operation": "ListObjectsV2", "fault": denied}));
    let said = oss2youku(&rig, &["sweep", "--json"]).await;
    let trouble = &said.lines()[0];
    assert_eq!((trouble["event"].as_str(), said.code), (Some("trouble"), Some(1)), "{said:?}");
    assert_eq!(trouble["error"], "source_denied", "{said:?}");
    oss2youku(&rig, &["sweep"]).await;
    rig.published("a", &bytes);
}
