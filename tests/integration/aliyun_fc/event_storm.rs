//! The same event again and again: at once, one after the other, late, and in pieces.

use crate::support::{MIB, Setup, TestEnv, md5_hex, oss_event, sample_bytes};
use local_clouds::{fc::AsyncState, youku::SessionState};
use object_storage::PutOptions;
use serde_json::Value;

const TIMES: usize = 50;

/// The tests call the function themselves. An event in progress is acknowledged: a sweep would finish it.
async fn untriggered(mode: &str) -> TestEnv {
    let variables = [("OSS2YOUKU_SWEEP__ENABLED", "true")];
    TestEnv::start(Setup {
        events: Some(&["oss:ObjectModified:*"]),
        variables: &variables,
        ..Setup::with_mode(mode)
    })
    .await
}

/// Fifty deliveries at once and fifty after them make one video, and each answers with it or that it is in progress.
#[tokio::test]
async fn a_hundred_deliveries_make_one_video() {
    for mode in ["oss", "slice"] {
        let env = untriggered(mode).await;
        let bytes = sample_bytes(1, 6 * MIB);
        env.put("film.mp4", &bytes).await;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..TIMES {
            let (host, function) = (env.clouds.fc.invoker(), env.clouds.function.clone());
            let event = oss_event("ObjectCreated:PutObject", "film.mp4", bytes.len());
            calls.spawn(async move { host.invoke(&function, event).await });
        }
        let answers = calls.join_all().await;
        let video = env.assert_published("film", &bytes);
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
            let result = env.call_with_event("ObjectCreated:PutObject", "film.mp4", bytes.len()).await;
            assert_eq!(result["data"]["videoid"], video.id, "{result}");
        }
        let sessions = env.clouds.youku.sessions();
        let ended: Vec<_> = sessions.iter().map(|session| (session.state, session.commit_calls)).collect();
        assert_eq!(ended, [(SessionState::Committed, 1)], "Youku was asked for nothing more");
    }
}

/// A late event works on the version that exists, and ends as missing where none does.
#[tokio::test]
async fn a_late_event_uses_the_version_that_exists() {
    let env = untriggered("oss").await;
    let versions = [sample_bytes(1, MIB), sample_bytes(2, 2 * MIB)];
    let late = async || env.call_with_event("ObjectCreated:PutObject", "film.mp4", versions[0].len()).await;
    let mut ids = Vec::new();
    for (number, version) in versions.iter().enumerate() {
        env.put("film.mp4", version).await;
        let first = late().await["data"]["videoid"].take();
        assert_eq!(late().await["data"]["videoid"], first, "it is published once");
        let videos = env.clouds.youku.videos();
        assert_eq!(videos.len(), number + 1);
        let video = videos.iter().find(|video| first == video.id).expect("the video it named");
        assert_eq!((video.md5.clone(), video.commits), (Some(md5_hex(version)), 1));
        ids.push(first);
    }
    env.put("film.mp4", &versions[0]).await;
    assert_eq!(late().await["data"]["videoid"], ids[0], "the bytes that were put back were published before");

    env.bucket.delete("film.mp4").await.unwrap();
    let missing = late().await;
    assert_eq!((missing["code"].as_str(), missing["error"].as_str()), (Some("404"), Some("source_missing")));
    assert_eq!(env.clouds.youku.videos().len(), 2);
    assert_eq!(env.clouds.youku.sessions().len(), 2);
}

/// A wildcard trigger reports each of forty parts twice; the object is published once.
#[tokio::test]
async fn forty_parts_under_a_wildcard_trigger_publish_once() {
    const PARTS: usize = 40;
    let setup = Setup {
        events: Some(&["oss:ObjectCreated:*", "oss:ObjectRemoved:*"]),
        variables: &[("OSS2YOUKU_SWEEP__ENABLED", "true")],
        host: |function| {
            function.async_config.duplicate = true;
            function.async_config.out_of_order = true;
        },
        ..Setup::default()
    };
    let env = TestEnv::start(setup).await;
    let bytes = sample_bytes(1, PARTS * 100 * 1024 + 7);
    let given_up = env.bucket.initiate_multipart("other.mp4", &PutOptions::default()).await.unwrap();
    let id = env.bucket.initiate_multipart("film.mp4", &PutOptions::default()).await.unwrap();
    let mut parts = Vec::new();
    for (number, part) in (1..).zip(bytes.chunks(bytes.len().div_ceil(PARTS))) {
        let body = || reqwest::Body::from(part.to_vec());
        env.bucket.upload_part("other.mp4", &given_up, number, body(), part.len() as u64).await.unwrap();
        let receipt =
            env.bucket.upload_part("film.mp4", &id, number, body(), part.len() as u64).await.unwrap();
        parts.push((number, receipt.etag));
    }
    env.bucket.abort_multipart("other.mp4", &given_up).await.unwrap();
    env.bucket.complete_multipart("film.mp4", &id, &parts, false).await.unwrap();

    let deliveries = env.wait_for_deliveries().await;
    assert!(deliveries.iter().all(|delivery| delivery.state == AsyncState::Succeeded), "{deliveries:?}");
    let video = env.assert_published("film", &bytes);
    let (arrivals, others): (Vec<_>, Vec<_>) =
        deliveries.iter().partition(|delivery| delivery.result()["skipped"] != "not_an_arrival");
    // Two initiated, two times forty parts, one aborted: each delivered twice.
    assert_eq!((arrivals.len(), others.len()), (2, 2 * (3 + 2 * PARTS)));
    for arrival in arrivals {
        let result = arrival.result();
        assert!(result["data"]["videoid"] == video.id || result["error"] == "in_progress", "{result}");
    }
    assert_eq!(env.clouds.youku.videos().len(), 1);
    assert_eq!(env.clouds.youku.sessions().len(), 1);
}
