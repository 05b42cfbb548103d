//! Who may watch, and what else is stated, whichever entrypoint asks.

use super::fake_bucket::{FakeBucket, assert_refused};
use serde_json::json;
use upload_core::{
    Decision,
    metadata::{Audience, PublicType, PublicTypeOrigin},
};

fn audience(public_type: PublicType, from: PublicTypeOrigin) -> Audience {
    Audience { public_type, from: Some(from) }
}

const FRIEND: &[(&str, &str)] = &[("youku-public-type", "friend")];
const IN_SIDECAR: &str = r#"{"public_type":"friend"}"#;

#[tokio::test(start_paused = true)]
async fn a_task_takes_who_may_watch_from_its_object() {
    for bucket in [FakeBucket::with_rule(&json!({})), FakeBucket::without_rule()] {
        let video = bucket.metadata(FRIEND).task_video(json!({})).await.expect("it fits");
        assert_eq!(video.audience(), audience(PublicType::Friend, PublicTypeOrigin::Metadata));
    }
    let stated = [("youku-public-type", "password"), ("youku-watch-password", "open")];
    let video = FakeBucket::without_rule().metadata(&stated).task_video(json!({})).await.expect("it fits");
    assert_eq!(video.audience(), audience(PublicType::Password, PublicTypeOrigin::Metadata));
    assert!(video.metadata.watch_password.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_task_takes_who_may_watch_from_its_sidecar() {
    let bucket = FakeBucket::with_rule(&json!({})).sidecar(IN_SIDECAR);
    let video = bucket.task_video(json!({"title": "T"})).await.expect("it fits");
    assert_eq!(video.audience(), audience(PublicType::Friend, PublicTypeOrigin::Sidecar));
    assert_eq!(video.metadata.title.as_deref(), Some("T"));
}

#[tokio::test(start_paused = true)]
async fn a_task_takes_who_may_watch_from_its_rule() {
    let bucket = FakeBucket::with_rule(&json!({"public_type": "friend", "category": "Music"}));
    let video = bucket.task_video(json!({})).await.expect("it fits");
    assert_eq!(video.audience(), audience(PublicType::Friend, PublicTypeOrigin::Rule));
    assert_eq!(video.metadata.category.as_deref(), Some("Music"));
    let nobody = FakeBucket::without_rule().task_video(json!({})).await.expect("it fits");
    assert_eq!(nobody.audience(), audience(PublicType::All, PublicTypeOrigin::Default));
}

#[tokio::test(start_paused = true)]
async fn event_and_task_merge_the_same_in_the_same_order() {
    let order = [
        (
            PublicTypeOrigin::Metadata,
            FakeBucket::with_rule(&json!({})).metadata(FRIEND).sidecar(r#"{"public_type":"all"}"#),
        ),
        (PublicTypeOrigin::Sidecar, FakeBucket::with_rule(&json!({})).sidecar(IN_SIDECAR)),
        (PublicTypeOrigin::Rule, FakeBucket::with_rule(&json!({"public_type": "friend"}))),
    ];
    for (from, bucket) in order {
        let expected = audience(PublicType::Friend, from);
        assert_eq!(bucket.event_video().await.expect("it fits").audience(), expected);
        assert_eq!(bucket.task_video(json!({})).await.expect("it fits").audience(), expected);
        let stated = bucket.task_video(json!({"public_type": "all"})).await.expect("it fits");
        assert_eq!(stated.audience(), audience(PublicType::All, PublicTypeOrigin::Task));
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_title_below_cannot_fail_a_task_that_brings_its_own() {
    let title = json!({"title": "T"});
    let bad = FakeBucket::without_rule().metadata(&[("youku-title", "100%")]);
    assert_eq!(bad.task_video(title.clone()).await.expect("it fits").metadata.title.as_deref(), Some("T"));
    assert_refused(bad.task_video(json!({})).await, &["youku-title"]);
    let bad = FakeBucket::with_rule(&json!({}))
        .sidecar(r#"{"title":["s3cret"],"tags":["ab"],"public_type":"friend"}"#);
    let video = bad.task_video(title).await.expect("it fits");
    assert_eq!(
        (video.metadata.title.as_deref(), video.metadata.public_type),
        (Some("T"), Some(PublicType::Friend))
    );
    assert_eq!(video.metadata.tags, Some(vec!["ab".to_owned()]));
    assert_refused(bad.task_video(json!({})).await, &["sidecar title", "film.mp4.youku.json"]);
}

#[tokio::test(start_paused = true)]
async fn a_bad_public_type_or_password_refuses_every_request() {
    let metadata: [&[(&str, &str)]; 3] = [
        &[("youku-public-type", "s3cret")],
        &[("youku-public-type", "100%")],
        &[("youku-watch-password", "s3cret%")],
    ];
    let states_all = json!({"public_type": "all", "watch_password": "mine"});
    for pairs in metadata {
        let bucket = FakeBucket::with_rule(&json!({})).metadata(pairs);
        assert_refused(bucket.event_video().await, &[pairs[0].0]);
        for stated in [json!({}), states_all.clone()] {
            assert_refused(bucket.task_video(stated).await, &[pairs[0].0]);
        }
    }
    let sidecars = [
        (r#"{"public_type":"s3cret"}"#, "sidecar public_type"),
        (r#"{"watch_password":1}"#, "sidecar watch_password"),
        (r#"{"public_type":"all","public_type":"friend"}"#, "states a field twice"),
        (r#"{"public_type":"friend""#, "is not JSON"),
    ];
    for (json, words) in sidecars {
        let bucket = FakeBucket::with_rule(&json!({})).sidecar(json);
        assert_refused(bucket.event_video().await, &[words]);
        for stated in [json!({}), states_all.clone()] {
            assert_refused(bucket.task_video(stated).await, &[words]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_name_refuses_unless_the_task_states_public_type() {
    let misspelt = FakeBucket::with_rule(&json!({})).metadata(&[("youku-pubic-type", "friend")]);
    let beside = FakeBucket::with_rule(&json!({})).sidecar(r#"{"pubic_type":"friend"}"#);
    for (bucket, name) in [(misspelt, "youku-pubic-type"), (beside, "pubic_type")] {
        assert_refused(bucket.event_video().await, &[name, "is not a known name"]);
        assert_refused(bucket.task_video(json!({"title": "T"})).await, &[name]);
        bucket.task_video(json!({"public_type": "friend"})).await.expect("it fits");
    }
}

#[tokio::test(start_paused = true)]
async fn metadata_that_the_store_withholds_publishes_nothing() {
    let mut bucket = FakeBucket::with_rule(&json!({}));
    bucket.object.missing_metadata = 2;
    assert_refused(bucket.event_video().await, &["x-amz-missing-meta"]);
    assert_refused(bucket.task_video(json!({"title": "T"})).await, &["x-amz-missing-meta"]);
    bucket.task_video(json!({"public_type": "all"})).await.expect("it fits");
}

#[tokio::test(start_paused = true)]
async fn a_required_sidecar_binds_tasks_that_state_no_public_type() {
    let bucket = FakeBucket::with_rule(&json!({"sidecar": "required"}));
    assert_refused(bucket.task_video(json!({"title": "T"})).await, &["film.mp4.youku.json"]);
    bucket.task_video(json!({"public_type": "all"})).await.expect("it fits");
    assert!(matches!(bucket.event().await, Ok(Decision::Skip("waits_for_sidecar"))));
    bucket.sidecar("{}").task_video(json!({})).await.expect("it fits");
}

/// Nobody can write it: the video would wait for ever.
#[tokio::test(start_paused = true)]
async fn a_required_sidecar_whose_key_is_too_long_is_refused() {
    let words = &["requires a sidecar", "give the video a shorter one", "the key is too long"];
    for (sidecar, binds) in [("required", true), ("optional", false)] {
        let mut bucket = FakeBucket::with_rule(&json!({"sidecar": sidecar}));
        bucket.longest_key = "film.mp4".len();
        bucket.task_video(json!({"public_type": "all"})).await.expect("the task decides");
        match binds {
            true => {
                assert_refused(bucket.event().await, words);
                assert_refused(bucket.task_video(json!({})).await, words);
            }
            false => {
                bucket.event_video().await.expect("it fits");
                bucket.task_video(json!({})).await.expect("it fits");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_watch_password_below_on_a_public_video_is_refused() {
    let stated: &[(&str, &str)] = &[("youku-watch-password", "s3cret")];
    let by_metadata = FakeBucket::with_rule(&json!({})).metadata(stated);
    let by_sidecar = FakeBucket::with_rule(&json!({})).sidecar(r#"{"watch_password":"s3cret"}"#);
    let alone = FakeBucket::without_rule().metadata(stated);
    for (bucket, field) in [
        (by_metadata, "youku-watch-password"),
        (by_sidecar, "watch_password"),
        (alone, "youku-watch-password"),
    ] {
        assert_refused(bucket.task_video(json!({})).await, &[field]);
        let opened = bucket.task_video(json!({"public_type": "all"})).await.expect("the task decides");
        assert!(opened.metadata.watch_password.is_none());
        bucket.task_video(json!({"public_type": "password"})).await.expect("it fits");
    }
    let rule = json!({"public_type": "password", "watch_password": "ours"});
    let video = FakeBucket::with_rule(&rule).metadata(stated).event_video().await.expect("it fits");
    assert_eq!(video.audience(), audience(PublicType::Password, PublicTypeOrigin::Rule));
}

/// Youku would pass over the password and publish for all; whoever stated one meant to protect the video.
#[tokio::test(start_paused = true)]
async fn a_stated_watch_password_never_becomes_a_public_video() {
    let words = &["watch_password needs public_type password", "field"];
    let password = json!({"watch_password": "s3cret"});
    let friend = FakeBucket::with_rule(&json!({"public_type": "friend"}));
    for bucket in [FakeBucket::without_rule(), FakeBucket::with_rule(&json!({})), friend] {
        assert_refused(bucket.task_video(password.clone()).await, words);
        for public_type in ["all", "friend"] {
            let contradictory = json!({"watch_password": "s3cret", "public_type": public_type});
            assert_refused(bucket.task_video(contradictory).await, words);
        }
        let stated = json!({"watch_password": "s3cret", "public_type": "password"});
        bucket.task_video(stated).await.expect("it fits");
    }
    // Who may watch is stated below: by the object, its sidecar, its rule.
    let by_rule = json!({"public_type": "password", "watch_password": "ours"});
    for bucket in [
        FakeBucket::without_rule().metadata(&[("youku-public-type", "password")]),
        FakeBucket::with_rule(&json!({})).sidecar(r#"{"public_type":"password"}"#),
        FakeBucket::with_rule(&by_rule),
    ] {
        let video = bucket.task_video(password.clone()).await.expect("it fits");
        let shown = video.metadata.watch_password.as_ref().map(secrecy::ExposeSecret::expose_secret);
        assert_eq!(shown, Some("s3cret"));
    }
}

/// One statement that contradicts itself protects nothing, wherever it stands.
#[tokio::test(start_paused = true)]
async fn a_password_next_to_another_public_type_is_refused() {
    let pairs: &[(&str, &str)] = &[("youku-watch-password", "s3cret"), ("youku-public-type", "all")];
    let sidecar = r#"{"watch_password":"s3cret","public_type":"friend"}"#;
    let by_metadata = FakeBucket::with_rule(&json!({})).metadata(pairs);
    let by_sidecar = FakeBucket::with_rule(&json!({})).sidecar(sidecar);
    for (bucket, field) in [(by_metadata, "youku-watch-password"), (by_sidecar, "sidecar watch_password")] {
        assert_refused(bucket.event_video().await, &[field]);
        assert_refused(bucket.task_video(json!({})).await, &[field]);
        bucket.task_video(json!({"public_type": "all"})).await.expect("the task decides");
    }
    // The object states who may watch above its sidecar's password.
    let above = FakeBucket::with_rule(&json!({})).sidecar(r#"{"watch_password":"s3cret"}"#).metadata(FRIEND);
    let video = above.event_video().await.expect("it fits");
    assert_eq!(
        (video.metadata.public_type, video.metadata.watch_password.is_none()),
        (Some(PublicType::Friend), true)
    );
}

/// A rule's password is for those of its videos that ask for one.
#[tokio::test(start_paused = true)]
async fn a_rules_password_waits_for_videos_that_need_it() {
    let rule = json!({"public_type": "friend", "watch_password": "ours"});
    let bucket = FakeBucket::with_rule(&rule);
    assert!(bucket.event_video().await.expect("it fits").metadata.watch_password.is_none());
    let video = bucket.metadata(&[("youku-public-type", "password")]).event_video().await.expect("it fits");
    assert!(video.metadata.watch_password.is_some());
}
