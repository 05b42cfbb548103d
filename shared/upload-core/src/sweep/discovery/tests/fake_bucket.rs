//! A bucket of many objects in memory next to a Youku and a ledger, and a sweep's scan of it.

use crate::{
    intake::rules::{Rule, Rules},
    ledger::LedgerStore,
    sweep::discover::discover,
    sweep::discovery::{Bounds, Discovery, DiscoveryReport, Since},
    tests::{clock::machine_clock, memory::Memory},
    *,
};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use md5::{Digest as _, Md5 as Md5Hash};
use secrecy::SecretString;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime},
};

/// Keys of one page.
const PAGE: usize = 100;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

#[derive(Default)]
pub(crate) struct BucketState {
    /// Content and time of each object.
    pub(crate) objects: BTreeMap<String, (String, SystemTime)>,
    pub(crate) heads: Vec<String>,
    /// Calls about these keys, or lists that continue after them, fail.
    pub(crate) failing: BTreeSet<String>,
    /// These can still be appended to.
    pub(crate) appendable: BTreeSet<String>,
    /// Has metadata that nobody can read.
    pub(crate) unreadable: Option<String>,
    /// Messages to the rule's callback.
    pub(crate) messages: u32,
}

/// The bucket `b`.
#[derive(Clone)]
pub(crate) struct FakeBucket {
    state: Arc<Mutex<BucketState>>,
    pub(crate) memory: Memory,
    pub(crate) rules: Arc<Rules>,
    pub(crate) bounds: Bounds,
    pub(crate) paused: bool,
    is_dry: bool,
}

pub(crate) fn rule(prefix: &str, account: &str) -> Rule {
    let toml = serde_json::json!({
        "bucket": "b", "prefix": prefix, "account": account, "public_type": "all", "sidecar": "off",
        "callback": "https://example.com/"
    });
    serde_json::from_value(toml).expect("a rule")
}

impl FakeBucket {
    pub(crate) fn new() -> Self {
        Self::with_rules(vec![rule("", "main")])
    }

    pub(crate) fn with_rules(rules: Vec<Rule>) -> Self {
        let bounds = Bounds { uploads: 100, requests: 1000, grace: Duration::ZERO, since: None };
        Self {
            state: Arc::default(),
            memory: Memory::holding(Vec::new()),
            rules: Arc::new(Rules::new(rules).expect("rules")),
            bounds,
            paused: false,
            is_dry: false,
        }
    }

    pub(crate) fn dry(&self) -> Self {
        Self { is_dry: true, ..self.clone() }
    }

    pub(crate) fn rules(&self, rules: Vec<Rule>) -> Self {
        Self { rules: Arc::new(Rules::new(rules).expect("rules")), ..self.clone() }
    }

    pub(crate) fn since(&self, since: Duration) -> Self {
        let bounds = Bounds { since: Some(Since::Ago(since)), ..self.bounds };
        Self { bounds, ..self.clone() }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, BucketState> {
        self.state.lock().expect("no test panics while holding it")
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.memory.ledger.now()
    }

    /// Puts an object whose content is its key, with the present time.
    pub(crate) fn put(&self, key: &str) {
        self.put_at(key, self.now());
    }

    pub(crate) fn put_all<T: AsRef<str>>(&self, keys: &[T]) {
        keys.iter().for_each(|key| self.put(key.as_ref()));
    }

    pub(crate) fn put_at(&self, key: &str, modified: SystemTime) {
        self.state().objects.insert(key.into(), (key.into(), modified));
    }

    pub(crate) async fn run(&self, run: &RunContext) -> DiscoveryReport {
        let ledger = self.memory.ledger();
        let automatic = IntakePolicy {
            rules: &self.rules,
            reserved: &[],
            paused: self.paused,
            mode: Mode::Oss,
            retry: RetryPolicy::default(),
            manage: Default::default(),
            now: SystemTime::UNIX_EPOCH,
        };
        let (provider, bounds) = (Provider::Oss, self.bounds);
        let discovery = Discovery {
            intake: automatic,
            source: self,
            provider,
            ledger: &ledger,
            bounds,
            is_dry: self.is_dry,
        };
        let uploader_of = |_: &str| Ok(self.uploader());
        discover(&discovery, uploader_of, run).await.unwrap_or_else(DiscoveryReport::from_error)
    }

    pub(crate) fn uploader(&self) -> Uploader {
        let (source, youku) = (Arc::new(self.clone()), Arc::new(self.memory.clone()));
        let uploader =
            Uploader::new(source, youku, self.memory.ledger(), TransferSettings::default(), machine_clock());
        uploader.with_notifier(Arc::new(self.clone()), HOUR)
    }

    pub(crate) async fn sweep(&self) -> DiscoveryReport {
        self.run(&RunContext::default()).await
    }

    /// Sweeps until a run finds nothing to stop for.
    pub(crate) async fn sweep_until_done(&self) -> u32 {
        for number in 1..200 {
            if self.sweep().await.stopped.is_none() {
                return number;
            }
        }
        panic!("it never ends");
    }

    /// What the videos hold: the objects' keys, in order, each as often as it was committed.
    pub(crate) fn published(&self) -> Vec<String> {
        let world = self.memory.world();
        let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).expect("a key");
        let mut keys: Vec<_> = world.videos.values().map(text).collect();
        keys.sort_unstable();
        keys
    }

    pub(crate) fn count_heads(&self) -> usize {
        self.state().heads.len()
    }

    pub(crate) async fn forget(&self, key: &str) {
        self.memory.ledger.delete(key).await.expect("deleted");
    }

    fn fail_if_scripted(&self, key: &str, operation: &'static str) -> Result<(), Error> {
        if self.state().failing.contains(key) {
            return Err(Error::new(ErrorKind::Source, operation, "the source failed").retryable());
        }
        Ok(())
    }

    /// The object's user metadata; that of `refused.mp4` breaks a limit of Youku's.
    fn metadata(&self, key: &str) -> BTreeMap<String, Vec<u8>> {
        let unreadable = self.state().unreadable.as_deref() == Some(key);
        let entry = match key {
            _ if unreadable => Some(("youku-title", "100%")),
            "refused.mp4" => Some(("youku-category", "none")),
            _ => None,
        };
        entry.map(|(name, value)| (name.to_owned(), value.into())).into_iter().collect()
    }

    fn content(&self, key: &str) -> Result<String, Error> {
        let found = self.state().objects.get(key).map(|(content, _)| content.clone());
        found.ok_or_else(|| Error::new(ErrorKind::SourceMissing, "head", "there is no such object"))
    }
}

#[async_trait]
impl Source for FakeBucket {
    async fn head(&self, location: &Location) -> Result<Object, Error> {
        self.memory.crash_points.pass("head").await;
        self.state().heads.push(location.key.clone());
        self.fail_if_scripted(&location.key, "head")?;
        let content = self.content(&location.key)?;
        let md5 = Md5(Md5Hash::digest(&content).into());
        let metadata = self.metadata(&location.key);
        let state = self.state();
        let grows = state.appendable.contains(&location.key);
        Ok(Object {
            md5: Some(md5),
            kind: if grows { ObjectKind::Appendable } else { ObjectKind::Whole },
            modified: state.objects.get(&location.key).map(|(_, modified)| *modified),
            user_metadata: metadata,
            ..Object::new(location.clone(), md5.to_string(), content.len() as u64)
        })
    }

    async fn read(&self, object: &Object, range: Range<u64>) -> Result<ByteStream, Error> {
        let content = self.content(&object.location.key)?;
        let range = usize::try_from(range.start).expect("small")..usize::try_from(range.end).expect("small");
        let bytes = Bytes::copy_from_slice(&content.as_bytes()[range]);
        Ok(stream::iter([Ok(bytes)]).boxed())
    }

    async fn read_small(&self, _: &Location, _: usize) -> Result<Option<Bytes>, Error> {
        Ok(None)
    }

    async fn list(&self, place: &Location, after: Option<&str>) -> Result<SourcePage, Error> {
        self.memory.crash_points.pass("list").await;
        self.fail_if_scripted(after.unwrap_or_default(), "list")?;
        let state = self.state();
        let behind = |key: &str| key.starts_with(&place.key) && after.is_none_or(|after| key > after);
        let mut found = state.objects.iter().filter(|(key, _)| behind(key));
        let entry = |(key, (content, modified)): (&String, &(String, SystemTime))| SourceEntry {
            key: key.clone(),
            etag: Md5(Md5Hash::digest(content).into()).to_string(),
            size: content.len() as u64,
            modified: *modified,
        };
        let entries: Vec<_> = found.by_ref().take(PAGE).map(entry).collect();
        let next = found.next().and(entries.last()).map(|last| last.key.clone());
        Ok(SourcePage { entries, next })
    }
}

#[async_trait]
impl Notifier for FakeBucket {
    async fn post(
        &self,
        _: &SecretString,
        _: &str,
        _: Bytes,
        _: SystemTime,
        _: Option<TraceContext>,
    ) -> DeliveryResult {
        self.state().messages += 1;
        DeliveryResult::Accepted { status: 200 }
    }
}
