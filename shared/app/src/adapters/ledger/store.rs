//! The ledger's store port over `object-storage`: a folder, or a prefix of an OSS or S3 bucket.

use super::{
    bucket::{LedgerBucket, Readable},
    error::{config_error, store_error},
    folder_clock::FolderClock,
};
use crate::adapters::cause::{Cause, is_key_refused};
use async_trait::async_trait;
use bytes::Bytes;
use object_storage::{
    ErrorKind as Storage, LifecycleRule, ObjectSummary, Provider, PutOptions, RetryAdvice, Store,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};
use upload_core::{
    Error,
    ledger::{Created, LedgerStore, ListedKey, Page, Stored},
};

/// The largest entry: a lease that records ten thousand parts takes about 600 KiB.
const LARGEST: usize = 4 << 20;

/// Keeps a ledger in a store, below a prefix.
pub struct StoreLedger {
    store: Store,
    prefix: String,
    clock: Arc<FolderClock>,
    window: Duration,
}

impl StoreLedger {
    /// Keeps a ledger below `prefix`, which is empty or ends with a slash.
    #[must_use]
    pub fn new(store: Store, prefix: impl Into<String>) -> Self {
        Self { store, prefix: prefix.into(), clock: Arc::default(), window: Duration::ZERO }
    }

    /// Sets how long OSS may take from its look at a key to its write in a create-only put. S3 and a folder create atomically and
    /// ignore it.
    #[must_use]
    pub fn with_window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// Reads a folder's time by a clock that others read as well: one reading serves them all.
    #[must_use]
    pub(super) fn with_clock(mut self, clock: Arc<FolderClock>) -> Self {
        self.clock = clock;
        self
    }

    /// Opens connections to the store in the background: of its first requests two go at once.
    pub(super) fn open_early(&self) {
        self.store.open_early(2);
    }

    /// Refuses a store that cannot keep a ledger: OSS ignores create-only on buckets that keep versions, or did once.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config), saying what to do; whatever the store answers.
    pub async fn check_at_start(&self) -> Result<(), Error> {
        if self.store.provider() != Provider::Oss {
            return Ok(());
        }
        match self.store.versioning().await {
            Ok(false) => Ok(()),
            Ok(true) => Err(self.versioning_error()),
            Err(error) if is_key_refused(&error) => {
                let message = "the ledger's store does not accept the key";
                Err(config_error(message).with_context("bucket", self.store.bucket()).with_source(error))
            }
            Err(error) if error.kind() == Storage::AccessDenied => {
                let message = "whether the ledger's bucket has versioning cannot be seen: \
                               grant oss:GetBucketVersioning on it to the key that keeps the ledger";
                Err(config_error(message)
                    .with_context("bucket", self.store.bucket())
                    .with_source(Cause::VersioningHidden))
            }
            Err(error) => Err(store_error(error)),
        }
    }

    /// Reads what the bucket does to entries by itself: it keeps versions, or rules of its lifecycle delete them.
    ///
    /// # Errors
    /// Where the store cannot be asked now.
    pub async fn bucket(&self) -> Result<LedgerBucket, Error> {
        let versions = Readable::from_answer(self.store.versioning().await)?;
        let rules = Readable::from_answer(self.store.lifecycle().await)?;
        let deletes = |rule: &LifecycleRule| rule.deletes_below(&self.prefix);
        let deleting_rules = rules.map(|rules| rules.into_iter().filter(deletes).collect());
        Ok(LedgerBucket { provider: self.store.provider(), versions, deleting_rules })
    }

    /// The error of a bucket where steps of this ledger may have been overwritten.
    fn versioning_error(&self) -> Error {
        let message = "the ledger's bucket has versioning enabled or suspended, where OSS lets steps be overwritten: \
                       keep the ledger in a bucket that never had versioning";
        config_error(message).with_context("bucket", self.store.bucket()).with_source(Cause::VersionedBucket)
    }

    /// Refuses an empty list of a folder that is not there: an empty list must mean that there are no entries.
    async fn check_folder(&self, prefix: &str) -> Result<(), Error> {
        if self.store.provider() != Provider::Folder {
            return Ok(());
        }
        let root = PathBuf::from(self.store.bucket());
        let below = prefix.rsplit_once('/').map(|(folder, _)| root.join(folder));
        let checked = tokio::task::spawn_blocking(move || {
            // Below the root a folder is made with its first entry.
            let absent = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
            check_is_folder(&root).and_then(|()| {
                below
                    .map_or(Ok(()), |below| check_is_folder(&below))
                    .or_else(|error| if absent(&error) { Ok(()) } else { Err(error) })
            })
        });
        let checked = checked.await.unwrap_or_else(|_| Err(io::Error::other("file work was interrupted")));
        checked.map_err(|error| {
            let message = "the ledger's folder is not there, or is no folder: nothing can be listed in it";
            config_error(message)
                .with_context("folder", self.store.bucket())
                .with_context("below", prefix)
                .with_source(error)
        })
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    async fn put(&self, key: &str, bytes: Bytes, create_only: bool) -> Result<Created, Error> {
        let content_type = Some("application/json".to_owned());
        let options = PutOptions { create_only, content_type, ..PutOptions::default() };
        match self.store.put(&self.key(key), bytes, &options).await {
            // Versioning was enabled after the start: this write may have replaced another's.
            Ok(receipt) if receipt.versioned && self.store.provider() == Provider::Oss => {
                Err(self.versioning_error())
            }
            Ok(receipt) => {
                let (now, tag) = (self.time(receipt.date).await?, make_tag(&receipt.etag));
                Ok(Created::Yes { now, tag })
            }
            Err(error) if create_only && error.kind() == Storage::AlreadyExists => Ok(Created::Exists),
            Err(error) => Err(store_error(error)),
        }
    }

    /// The store's clock: what it answered, or, for a folder, the time that it writes on files.
    async fn time(&self, answered: Option<SystemTime>) -> Result<SystemTime, Error> {
        match self.store.provider() {
            Provider::Folder => self.clock.now(&self.store, &self.prefix).await,
            Provider::Oss | Provider::S3 => require_time(answered),
        }
    }
}

/// The store's ETag in one spelling.
fn make_tag(etag: &str) -> Option<String> {
    let tag = etag.trim().trim_matches('"').to_ascii_uppercase();
    (!tag.is_empty()).then_some(tag)
}

/// A time that the store must tell.
fn require_time(time: Option<SystemTime>) -> Result<SystemTime, Error> {
    time.ok_or_else(|| {
        config_error("the ledger's store does not tell its time (Date, Last-Modified): leases need it")
    })
}

#[async_trait]
impl LedgerStore for StoreLedger {
    async fn create(&self, key: &str, bytes: Bytes) -> Result<Created, Error> {
        self.put(key, bytes, true).await
    }

    async fn write(&self, key: &str, bytes: Bytes) -> Result<SystemTime, Error> {
        match self.put(key, bytes, false).await? {
            Created::Yes { now, .. } => Ok(now),
            Created::Exists => {
                Err(config_error("the ledger's store refuses to replace an entry").with_context("key", key))
            }
        }
    }

    async fn read(&self, key: &str) -> Result<Option<Stored>, Error> {
        match self.store.read_all(&self.key(key), LARGEST).await {
            Ok((head, bytes)) => {
                let (modified, now) = (require_time(head.last_modified)?, self.time(head.date).await?);
                let tag = make_tag(&head.etag);
                Ok(Some(Stored { bytes, modified, now, tag }))
            }
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(store_error(error)),
        }
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Page, Error> {
        let after = after.map(|after| self.key(after));
        let listing =
            self.store.list(&self.key(prefix), after.as_deref(), limit).await.map_err(store_error)?;
        if listing.objects.is_empty() {
            self.check_folder(prefix).await?;
        }
        let without_prefix = |key: &str| key.strip_prefix(&self.prefix).map(str::to_owned);
        let keys = listing.objects.iter().filter_map(|object| Some((without_prefix(&object.key)?, object)));
        let listed = |(key, object): (String, &ObjectSummary)| {
            Ok(ListedKey { key, modified: require_time(object.last_modified)?, tag: make_tag(&object.etag) })
        };
        let keys: Result<_, Error> = keys.map(listed).collect();
        Ok(Page { keys: keys?, next: listing.next.as_deref().and_then(without_prefix) })
    }

    async fn delete(&self, key: &str) -> Result<(), Error> {
        self.store.delete(&self.key(key)).await.map_err(store_error)
    }

    fn window(&self) -> Duration {
        if self.store.provider() == Provider::Oss { self.window } else { Duration::ZERO }
    }
}

fn check_is_folder(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

/// Whether the entry is absent. A bucket that is missing is no empty ledger.
fn is_absent(error: &object_storage::Error) -> bool {
    let is_definite = error.kind() == Storage::NotFound && error.advice() == RetryAdvice::Permanent;
    is_definite && error.details().server_code.as_deref() != Some("NoSuchBucket")
}
