//! The same news again and again: at once, one after the other, late, and in pieces.

use super::{MIB, Rig, Setup, bytes, md5_hex, record};
use local_clouds::{fc::AsyncState, youku::SessionState};
use object_storage::PutOptions;
use serde_json::Value;

const TIMES: usize = 50;

/// The tests tell the function themselves. What is in progress is acknowledged: a sweep would finish it.
async fn untriggered(mode: &str) -> Rig {
    let env = [("OSS2YOUKU_SWEEP__ENABLED", "true")];
    Rig::start(Setup { events: Some(&["oss:ObjectModified:*"]), env: &env, ..Setup::mode(mode) }).await
}

#[tokio::test]
async fn fifty_deliveries_at_once_and_fifty_after_them_make_one_video_and_each_says_so() {
    for mode in ["oss", "slice"] {
        let rig = untriggered(mode).await;
        let bytes = bytes(1, 6 * MIB);
        rig.put("film.mp4", &bytes).await;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..TIMES {
            let (host, function) = (rig.clouds.fc.invoker(), rig.clouds.function.clone());
            let event = record("ObjectCreated:PutObject", "film.mp4", bytes.len());
            calls.spawn(async move { host.invoke(&function, event).await });
        }
        let answers = calls.join_all().await;
        let video = rig.published("film", &bytes);
        let mut named = 0;
        for answer in answers {
            assert_eq!(answer.error_type, None, "{answer:?}");
            let answer: Value = serde_json::from_slice(&answer.body).unwrap();
            let result = &answer["results"][0];
            named += usize::from(result["data"]["videoid"] == video.id);
            assert!(result["data"]["videoid"] == video.id || result["error"] == "in_progress", "{result}");
        }
        assert!(named >= 1);

        for _ in 0..TIMES {
            let result = rig.tell("ObjectCreated:PutObject", "film.mp4", bytes.len()).await;
            assert_eq!(result["data"]["videoid"], video.id, "{result}");
        }
        let sessions = rig.clouds.youku.sessions();
        let ended: Vec<_> = sessions.iter().map(|session| (session.state, session.commit_calls)).collect();
        assert_eq!(ended, [(SessionState::Committed, 1)], "Youku was asked for nothing more");
    }
}

#[tokio::test]
async fn a_late_event_works_on_the_version_that_is_there_and_on_none_where_none_is() {
    let rig = untriggered("oss").await;
    let versions = [bytes(1, MIB), bytes(2, 2 * MIB)];
    let late = async || rig.tell("ObjectCreated:PutObject", "film.mp4", versions[0].len()).await;
    let mut ids = Vec::new();
    for (number, version) in versions.iter().enumerate() {
        rig.put("film.mp4", version).await;
        let first = late().await["data"]["videoid"].take();
        assert_eq!(late().await["data"]["videoid"], first, "it is published once");
        let videos = rig.clouds.youku.videos();
        assert_eq!(videos.len(), number + 1);
        let video = videos.iter().find(|video| first == video.id).expect("the video it named");
        assert_eq!((video.md5.clone(), video.commits), (Some(md5_hex(version)), 1));
        ids.push(first);
    }
    rig.put("film.mp4", &versions[0]).await;
    assert_eq!(late().await["data"]["videoid"], ids[0], "the bytes that were put back were published before");

    rig.bucket.delete("film.mp4").await.unwrap();
    let missing = late().await;
    assert_eq!((missing["code"].as_str(), missing["error"].as_str()), (Some("404"), Some("source_missing")));
    assert_eq!(rig.clouds.youku.videos().len(), 2);
    assert_eq!(rig.clouds.youku.sessions().len(), 2);
}

#[tokio::test]
async fn a_wildcard_triggers_storm_of_forty_parts_each_told_twice_publishes_once() {
    const PARTS: usize = 40;
    let setup = Setup {
        events: Some(&["oss:ObjectCreated:*", "oss:ObjectRemoved:*"]),
        env: &[("OSS2YOUKU_SWEEP__ENABLED", "true")],
        host: |function| {
            function.async_config.duplicate = true;
            function.async_config.out_of_order = true;
        },
        ..Setup::default()
    };
    let rig = Rig::start(setup).await;
    let bytes = bytes(1, PARTS * 100 * 1024 + 7);
    let given_up = rig.bucket.initiate_multipart("other.mp4", &PutOptions::default()).await.unwrap();
    let id = rig.bucket.initiate_multipart("film.mp4", &PutOptions::default()).await.unwrap();
    let mut parts = Vec::new();
    for (number, part) in (1..).zip(bytes.chunks(bytes.len().div_ceil(PARTS))) {
        let body = || reqwest::Body::from(part.to_vec());
        rig.bucket.upload_part("other.mp4", &given_up, number, body(), part.len() as u64).await.unwrap();
        let receipt =
            rig.bucket.upload_part("film.mp4", &id, number, body(), part.len() as u64).await.unwrap();
        parts.push((number, receipt.etag));
    }
    rig.bucket.abort_multipart("other.mp4", &given_up).await.unwrap();
    rig.bucket.complete_multipart("film.mp4", &id, &parts, false).await.unwrap();

    let deliveries = rig.deliveries().await;
    assert!(deliveries.iter().all(|delivery| delivery.state == AsyncState::Succeeded), "{deliveries:?}");
    let video = rig.published("film", &bytes);
    let (arrivals, others): (Vec<_>, Vec<_>) =
        deliveries.iter().partition(|delivery| delivery.result()["skipped"] != "not_an_arrival");
    // Two begun, two times forty parts, one given up: each told twice.
    assert_eq!((arrivals.len(), others.len()), (2, 2 * (3 + 2 * PARTS)));
    for arrival in arrivals {
        let result = arrival.result();
        assert!(result["data"]["videoid"] == video.id || result["error"] == "in_progress", "{result}");
    }
    assert_eq!(rig.clouds.youku.videos().len(), 1);
    assert_eq!(rig.clouds.youku.sessions().len(), 1);
}
