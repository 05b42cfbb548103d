//! Events and tasks over one object, its sidecar and its rules: what becomes of them, and how many requests that takes.
#![expect(clippy::panic, reason = "a test fails by panicking")]

mod audience;
mod unfinished;

use super::*;
use crate::{ByteStream, SourcePage, model::metadata::PublicTypeOrigin};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::json;
use std::{
    collections::BTreeMap,
    ops::Range,
    sync::Mutex,
    time::{Duration, SystemTime},
};

/// How long a request takes.
const TAKES: Duration = Duration::from_secs(1);
const LATER: Duration = Duration::from_secs(1_000_000_000);

/// A bucket with one object, and maybe its sidecar.
struct Bucket {
    object: Object,
    sidecar: Option<&'static str>,
    rules: Rules,
    calls: Mutex<Vec<String>>,
}

fn location(key: &str) -> Location {
    Location { provider: crate::Provider::S3, bucket: "b".into(), key: key.into(), region: None }
}

impl Bucket {
    /// An object under a rule for all with these further members.
    fn with_rule(more: &serde_json::Value) -> Self {
        let mut rule = json!({"bucket": "b", "account": "main", "public_type": "all"});
        for (name, value) in more.as_object().expect("members") {
            rule[name] = value.clone();
        }
        Self { rules: serde_json::from_value(json!([rule])).expect("rules"), ..Self::without_rule() }
    }

    fn without_rule() -> Self {
        let object = Object::new(location("film.mp4"), "A", 5);
        Self { object, sidecar: None, rules: Rules::default(), calls: Mutex::default() }
    }

    fn metadata(mut self, pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.object.user_metadata = pairs.collect::<BTreeMap<_, _>>();
        self
    }

    fn sidecar(self, json: &'static str) -> Self {
        Self { sidecar: Some(json), ..self }
    }

    fn automatic(&self) -> IntakePolicy<'_> {
        IntakePolicy {
            rules: &self.rules,
            reserved: &[],
            paused: false,
            mode: Mode::Oss,
            retry: RetryPolicy::default(),
            now: SystemTime::UNIX_EPOCH + LATER,
        }
    }

    async fn event(&self) -> Result<Decision, Error> {
        self.automatic().decide(self, &self.object.location, 5).await
    }

    /// What the event's video is to be.
    async fn event_video(&self) -> Result<VideoMetadata, Error> {
        match self.event().await? {
            Decision::Upload { job, .. } => Ok(job.video),
            Decision::Skip(reason) => panic!("skipped: {reason}"),
        }
    }

    /// What the video of a task is to be that states these members about it.
    async fn task_video(&self, stated: serde_json::Value) -> Result<VideoMetadata, Error> {
        let video: VideoMetadata = serde_json::from_value(stated).expect("metadata");
        let job = Job {
            location: self.object.location.clone(),
            account: "main".into(),
            video: video.stated_by(PublicTypeOrigin::Task),
            mode: Mode::Oss,
            md5: None,
            force_nonce: None,
        };
        Ok(self.automatic().complete(self, job).await?.0.video)
    }

    fn calls(&self) -> Vec<String> {
        self.calls.lock().expect("no test panics while holding it").clone()
    }

    async fn call(&self, name: &str, location: &Location) {
        let call = format!("{name} {}", location.key);
        self.calls.lock().expect("no test panics while holding it").push(call);
        tokio::time::sleep(TAKES).await;
    }
}

#[async_trait]
impl Source for Bucket {
    async fn head(&self, location: &Location) -> Result<Object, Error> {
        self.call("head", location).await;
        Ok(self.object.clone())
    }

    async fn read(&self, _: &Object, _: Range<u64>) -> Result<ByteStream, Error> {
        panic!("nothing is moved here")
    }

    async fn read_small(&self, location: &Location, _: usize) -> Result<Option<Bytes>, Error> {
        self.call("read", location).await;
        Ok(self.sidecar.map(Bytes::from))
    }

    async fn list(&self, _: &Location, _: Option<&str>) -> Result<SourcePage, Error> {
        panic!("nothing is listed here")
    }
}

/// Refused as a job that does not fit, in words that name these.
fn assert_refused<T: std::fmt::Debug>(decided: Result<T, Error>, words: &[&str]) {
    let error = decided.expect_err("refused");
    let shown = format!("{error} {error:?}");
    assert_eq!(error.kind(), ErrorKind::InvalidJob, "{shown}");
    assert!(words.iter().all(|word| shown.contains(word)), "{shown} should say {words:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_sidecar_is_read_where_a_rule_matches_and_nowhere_else() {
    let asked = [
        (Bucket::with_rule(&json!({})), &["read film.mp4.youku.json", "head film.mp4"][..]),
        (Bucket::with_rule(&json!({"sidecar": "off"})), &["head film.mp4"]),
        (Bucket::with_rule(&json!({"prefix": "elsewhere/"})), &["head film.mp4"]),
        (Bucket::without_rule(), &["head film.mp4"]),
    ];
    for (bucket, expected) in asked {
        bucket.task_video(json!({})).await.expect("it fits");
        let mut calls = bucket.calls();
        calls.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(calls, expected);
    }
    let carried =
        Location { provider: crate::Provider::Folder, bucket: String::new(), ..location("film.mp4") };
    let rules: Rules =
        serde_json::from_value(json!([{"bucket": "", "account": "main", "public_type": "friend"}]))
            .expect("rules");
    assert!(rules.find_for_object(&carried).is_none(), "a file that a person carries has no rule");
}

#[tokio::test(start_paused = true)]
async fn a_tasks_sidecar_is_read_while_its_object_is_looked_at() {
    let bucket = Bucket::with_rule(&json!({}));
    let begun = tokio::time::Instant::now();
    bucket.task_video(json!({})).await.expect("it fits");
    assert_eq!((begun.elapsed(), bucket.calls().len()), (TAKES, 2));
}

#[test]
fn account_mode_and_callback_are_the_askers_before_the_rules() {
    let rule =
        json!({"mode": "slice", "callback": "https://rule.example/", "callback_events": ["video.ready"]});
    let bucket = Bucket::with_rule(&rule);
    let rule = bucket.rules.find_for_object(&bucket.object.location);
    let url = |terms: &Terms| {
        terms.callback.as_ref().map(|one| secrecy::ExposeSecret::expose_secret(&one.url).to_owned())
    };
    let terms = Terms::default().or_from_rule(rule);
    assert_eq!((terms.account.as_deref(), terms.mode), (Some("main"), Some(Mode::Slice)));
    assert_eq!(url(&terms).as_deref(), Some("https://rule.example/"));
    let callback = Some(Callback { url: "https://asker.example/".into(), events: Vec::new() });
    let asker = Terms { account: Some("other".into()), mode: Some(Mode::Oss), callback };
    let terms = asker.clone().or_from_rule(rule);
    assert_eq!((terms.account.as_deref(), terms.mode), (Some("other"), Some(Mode::Oss)));
    assert_eq!(url(&terms).as_deref(), Some("https://asker.example/"));
    assert_eq!(Terms::default().or_from_rule(None).account, None);
}

#[tokio::test(start_paused = true)]
async fn pauses_and_filters_of_automatic_uploads_do_not_bind_tasks() {
    let rule = json!({"paused": true, "extensions": ["mov"], "public_type": "friend"});
    let bucket = Bucket::with_rule(&rule);
    let reserved = ["film".to_owned()];
    let automatic = IntakePolicy { paused: true, reserved: &reserved, ..bucket.automatic() };
    let job = Job {
        location: bucket.object.location.clone(),
        account: "main".into(),
        video: VideoMetadata::default(),
        mode: Mode::Oss,
        md5: None,
        force_nonce: None,
    };
    let (job, _) = automatic.complete(&bucket, job).await.expect("it fits");
    assert_eq!(job.video.audience().from, Some(PublicTypeOrigin::Rule));
    let decided = automatic.decide(&bucket, &bucket.object.location, 5).await.expect("decided");
    assert!(matches!(decided, Decision::Skip("paused")));
}

#[tokio::test(start_paused = true)]
async fn whether_the_same_content_is_wanted_again_comes_with_the_job() {
    for republish in [false, true] {
        let bucket = Bucket::with_rule(&json!({"republish": republish}));
        let arrival = bucket.event().await.expect("decided");
        assert!(matches!(arrival, Decision::Upload { republish: wants, .. } if wants == republish));
    }
}
