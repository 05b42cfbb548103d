//! What an event and a task take from rule, sidecar and object, and which requests that takes.

use super::fake_bucket::{FakeBucket, LATER, TAKES, location};
use serde_json::json;
use std::time::{Duration, SystemTime};
use upload_core::{
    Callback, Decision, IntakePolicy, Job, Location, ManagePolicy, Mode, Provider, Terms,
    metadata::{PublicTypeOrigin, StatedMetadata},
    rules::Rules,
};

#[tokio::test(start_paused = true)]
async fn a_sidecar_is_read_where_a_rule_matches_and_nowhere_else() {
    let asked = [
        (FakeBucket::with_rule(&json!({})), &["read film.mp4.youku.json", "head film.mp4"][..]),
        (FakeBucket::with_rule(&json!({"sidecar": "off"})), &["head film.mp4"]),
        (FakeBucket::with_rule(&json!({"prefix": "elsewhere/"})), &["head film.mp4"]),
        (FakeBucket::without_rule(), &["head film.mp4"]),
    ];
    for (bucket, expected) in asked {
        bucket.task_video(json!({})).await.expect("it fits");
        let mut calls = bucket.calls();
        calls.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(calls, expected);
    }
    let carried = Location { provider: Provider::Folder, bucket: String::new(), ..location("film.mp4") };
    let rules: Rules =
        serde_json::from_value(json!([{"bucket": "", "account": "main", "public_type": "friend"}]))
            .expect("rules");
    assert!(rules.find_for_object(&carried).is_none(), "a file that a person carries has no rule");
}

#[tokio::test(start_paused = true)]
async fn a_tasks_sidecar_is_read_while_its_head_is_taken() {
    let bucket = FakeBucket::with_rule(&json!({}));
    let begun = tokio::time::Instant::now();
    bucket.task_video(json!({})).await.expect("it fits");
    assert_eq!((begun.elapsed(), bucket.calls().len()), (TAKES, 2));
}

#[test]
fn account_mode_and_callback_are_the_askers_before_the_rules() {
    let rule =
        json!({"mode": "slice", "callback": "https://rule.example/", "callback_events": ["video.ready"]});
    let bucket = FakeBucket::with_rule(&rule);
    let rule = bucket.rules.find_for_object(&bucket.object.location);
    let url = |terms: &Terms| {
        terms.callback.as_ref().map(|one| secrecy::ExposeSecret::expose_secret(&one.url).to_owned())
    };
    let terms = Terms::default().or_from_rule(rule);
    assert_eq!((terms.account.as_deref(), terms.mode), (Some("main"), Some(Mode::Slice)));
    assert_eq!(url(&terms).as_deref(), Some("https://rule.example/"));
    let callback = Some(Callback::new("https://asker.example/".into()));
    let asker = Terms { account: Some("other".into()), mode: Some(Mode::Oss), callback };
    let terms = asker.clone().or_from_rule(rule);
    assert_eq!((terms.account.as_deref(), terms.mode), (Some("other"), Some(Mode::Oss)));
    assert_eq!(url(&terms).as_deref(), Some("https://asker.example/"));
    assert_eq!(Terms::default().or_from_rule(None).account, None);
}

#[tokio::test(start_paused = true)]
async fn pauses_and_filters_of_automatic_uploads_do_not_bind_tasks() {
    let rule = json!({"paused": true, "extensions": ["mov"], "public_type": "friend"});
    let bucket = FakeBucket::with_rule(&rule);
    let reserved = ["film".to_owned()];
    let policy = IntakePolicy { paused: true, reserved: &reserved, ..bucket.policy() };
    let job = Job {
        location: bucket.object.location.clone(),
        account: "main".into(),
        video: StatedMetadata::default(),
        publication: None,
        mode: Mode::Oss,
        md5: None,
        force_nonce: None,
    };
    let (job, _) = policy.complete(&bucket, job).await.expect("it fits");
    assert_eq!(job.video.audience().from, Some(PublicTypeOrigin::Rule));
    let decided = policy.decide(&bucket, &bucket.object.location, Some(5)).await.expect("decided");
    assert!(matches!(decided, Decision::Skip("paused")));
}

#[tokio::test(start_paused = true)]
async fn whether_the_same_content_is_wanted_again_comes_with_the_job() {
    for republish in [false, true] {
        let bucket = FakeBucket::with_rule(&json!({"republish": republish}));
        let arrival = bucket.event().await.expect("decided");
        assert!(matches!(arrival, Decision::Upload { republish: wants, .. } if wants == republish));
    }
}

/// What task and object state is named, and the sidecar by its MD5: one that is written again changes the rest alone, and once.
#[tokio::test(start_paused = true)]
async fn what_a_later_sidecar_must_leave_alone_comes_with_the_job() {
    let bucket = FakeBucket::with_rule(&json!({"category": "Music"})).metadata(&[("youku-tags", "a,b")]);
    let video = bucket.task_video(json!({"title": "Mine", "tags": ["c"]})).await.expect("it fits");
    assert_eq!((video.fixed, video.sidecar), (vec!["tags", "title"], None));
    let video = bucket.sidecar(r#"{"title":"T","description":"D"}"#).event_video().await.expect("it fits");
    assert_eq!(video.fixed, ["tags"]);
    assert_eq!(video.sidecar.as_deref(), Some("2590347881bb3897a0e8e7238ad80b07"));
}

/// An hour before the object was written is gone by the store's own clock.
#[tokio::test(start_paused = true)]
async fn an_hour_that_was_over_when_the_object_was_written_is_none() {
    let hour = SystemTime::UNIX_EPOCH + LATER;
    let mut bucket = FakeBucket::with_rule(&json!({})).sidecar(r#"{"publish_at":"2001-09-09T01:46:40Z"}"#);
    let second = Duration::from_secs(1);
    for (written, expected) in [(hour - second, Some(hour)), (hour, None), (hour + second, None)] {
        bucket.object.modified = Some(written);
        let manage = ManagePolicy { enabled: true, ..ManagePolicy::default() };
        let policy = IntakePolicy { manage, ..bucket.policy() };
        let decided = policy.decide(&bucket, &bucket.object.location, Some(5)).await.expect("decided");
        let Decision::Upload { job, .. } = decided else { panic!("{decided:?}") };
        assert_eq!(job.publication.map(|publication| publication.at.get()), expected, "{written:?}");
    }
}
