//! A bucket with one object, which counts the requests that it gets.

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::json;
use std::{
    collections::BTreeMap,
    ops::Range,
    sync::Mutex,
    time::{Duration, SystemTime},
};
use upload_core::{
    ByteStream, Decision, Error, ErrorKind, IntakePolicy, Job, Location, Mode, Object, Provider, RetryPolicy,
    Source, SourcePage,
    metadata::{PublicTypeOrigin, StatedMetadata},
    rules::Rules,
};

/// How long a request takes.
pub(super) const TAKES: Duration = Duration::from_secs(1);
pub(super) const LATER: Duration = Duration::from_secs(1_000_000_000);

/// A bucket with one object, and maybe its sidecar.
pub(super) struct FakeBucket {
    pub(super) object: Object,
    sidecar: Option<&'static str>,
    /// Bytes of the longest key.
    pub(super) longest_key: usize,
    pub(super) rules: Rules,
    calls: Mutex<Vec<String>>,
}

pub(super) fn location(key: &str) -> Location {
    Location { provider: Provider::S3, bucket: "b".into(), key: key.into(), region: None }
}

impl FakeBucket {
    /// An object under a rule for all with these further members.
    pub(super) fn with_rule(more: &serde_json::Value) -> Self {
        let mut rule = json!({"bucket": "b", "account": "main", "public_type": "all"});
        for (name, value) in more.as_object().expect("members") {
            rule[name] = value.clone();
        }
        Self { rules: serde_json::from_value(json!([rule])).expect("rules"), ..Self::without_rule() }
    }

    pub(super) fn without_rule() -> Self {
        let object = Object::new(location("film.mp4"), "A", 5);
        Self { object, sidecar: None, longest_key: 1024, rules: Rules::default(), calls: Mutex::default() }
    }

    pub(super) fn metadata(mut self, pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
        self.object.user_metadata = pairs.collect::<BTreeMap<_, _>>();
        self
    }

    pub(super) fn sidecar(self, json: &'static str) -> Self {
        Self { sidecar: Some(json), ..self }
    }

    pub(super) fn policy(&self) -> IntakePolicy<'_> {
        IntakePolicy {
            rules: &self.rules,
            reserved: &[],
            paused: false,
            mode: Mode::Oss,
            retry: RetryPolicy::default(),
            manage: Default::default(),
            now: SystemTime::UNIX_EPOCH + LATER,
        }
    }

    pub(super) async fn event(&self) -> Result<Decision, Error> {
        self.policy().decide(self, &self.object.location, Some(5)).await
    }

    /// What the event's video is to be.
    pub(super) async fn event_video(&self) -> Result<StatedMetadata, Error> {
        match self.event().await? {
            Decision::Upload { job, .. } => Ok(job.video),
            Decision::Skip(reason) => panic!("skipped: {reason}"),
        }
    }

    /// What the video of a task is to be that states these members about it.
    pub(super) async fn task_video(&self, stated: serde_json::Value) -> Result<StatedMetadata, Error> {
        let stated = serde_json::from_value(stated).expect("metadata");
        let job = Job {
            location: self.object.location.clone(),
            account: "main".into(),
            video: StatedMetadata::new(stated, PublicTypeOrigin::Task),
            publication: None,
            mode: Mode::Oss,
            md5: None,
            force_nonce: None,
        };
        Ok(self.policy().complete(self, job).await?.0.video)
    }

    pub(super) fn calls(&self) -> Vec<String> {
        self.calls.lock().expect("no test panics while holding it").clone()
    }

    async fn call(&self, name: &str, location: &Location) {
        let call = format!("{name} {}", location.key);
        self.calls.lock().expect("no test panics while holding it").push(call);
        tokio::time::sleep(TAKES).await;
    }
}

#[async_trait]
impl Source for FakeBucket {
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

    fn check_key(&self, location: &Location) -> Result<(), Error> {
        match location.key.len() <= self.longest_key {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::InvalidJob, "read", "the key is too long")),
        }
    }

    async fn list(&self, _: &Location, _: Option<&str>) -> Result<SourcePage, Error> {
        panic!("nothing is listed here")
    }
}

/// Refused as a job that does not fit, in words that name these.
pub(super) fn assert_refused<T: std::fmt::Debug>(decided: Result<T, Error>, words: &[&str]) {
    let error = decided.expect_err("refused");
    let shown = format!("{error} {error:?}");
    assert_eq!(error.kind(), ErrorKind::InvalidJob, "{shown}");
    assert!(words.iter().all(|word| shown.contains(word)), "{shown} should say {words:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
}
