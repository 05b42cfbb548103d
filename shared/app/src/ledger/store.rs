//! The ledger's store port over `object-storage`: a folder, or a prefix of an OSS or S3 bucket.

use super::{
    clock::FolderClock,
    error::{config, ledger},
};
use async_trait::async_trait;
use bytes::Bytes;
use object_storage::{ErrorKind as Storage, Provider, PutOptions, Store, Verdict as StorageVerdict};
use std::time::SystemTime;
use upload_core::{
    Error,
    ledger::{Created, LedgerStore, ListedKey, Page, Stored},
};

/// The largest entry: a lease that notes ten thousand parts takes about 600 KiB.
const LARGEST: usize = 4 << 20;

/// Keeps a ledger in a store, below a prefix.
pub struct StoreLedger {
    store: Store,
    prefix: String,
    clock: FolderClock,
}

impl StoreLedger {
    /// A ledger below `prefix`, which is empty or ends with a slash.
    #[must_use]
    pub fn new(store: Store, prefix: impl Into<String>) -> Self {
        Self { store, prefix: prefix.into(), clock: FolderClock::default() }
    }

    /// Refuses a store that cannot keep a ledger: OSS ignores create-only on buckets that keep versions, or did once.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config), saying what to do; whatever the store answers.
    pub async fn check_at_start(&self) -> Result<(), Error> {
        if self.store.provider() != Provider::Oss {
            return Ok(());
        }
        let message = match self.store.versioning().await {
            Ok(false) => return Ok(()),
            Ok(true) => {
                "the ledger's bucket has versioning enabled or suspended, where OSS lets steps be overwritten: \
                 keep the ledger in a bucket that never had versioning"
            }
            Err(error) if error.kind() == Storage::AccessDenied => {
                "whether the ledger's bucket has versioning cannot be seen: \
                 grant oss:GetBucketVersioning on it to the key that keeps the ledger"
            }
            Err(error) => return Err(ledger(error)),
        };
        Err(config(message).with("bucket", self.store.bucket()))
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    async fn put(&self, key: &str, bytes: Bytes, create_only: bool) -> Result<Created, Error> {
        let content_type = Some("application/json".to_owned());
        let options = PutOptions { create_only, content_type, ..PutOptions::default() };
        match self.store.put(&self.key(key), bytes, &options).await {
            Ok(receipt) => Ok(Created::Yes { now: self.time(receipt.date).await? }),
            Err(error) if create_only && error.kind() == Storage::AlreadyExists => Ok(Created::Exists),
            Err(error) => Err(ledger(error)),
        }
    }

    /// The store's clock: what it answered, or, for a folder, the time that it writes on files.
    async fn time(&self, answered: Option<SystemTime>) -> Result<SystemTime, Error> {
        match self.store.provider() {
            Provider::Folder => self.clock.now(&self.store, &self.prefix).await,
            Provider::Oss | Provider::S3 => told(answered),
        }
    }
}

fn told(time: Option<SystemTime>) -> Result<SystemTime, Error> {
    time.ok_or_else(|| {
        config("the ledger's store does not tell its time (Date, Last-Modified): leases need it")
    })
}

#[async_trait]
impl LedgerStore for StoreLedger {
    async fn create(&self, key: &str, bytes: Bytes) -> Result<Created, Error> {
        self.put(key, bytes, true).await
    }

    async fn write(&self, key: &str, bytes: Bytes) -> Result<SystemTime, Error> {
        match self.put(key, bytes, false).await? {
            Created::Yes { now } => Ok(now),
            Created::Exists => Err(config("the ledger's store refuses to replace an entry").with("key", key)),
        }
    }

    async fn read(&self, key: &str) -> Result<Option<Stored>, Error> {
        match self.store.read_all(&self.key(key), LARGEST).await {
            Ok((head, bytes)) => {
                let (modified, now) = (told(head.last_modified)?, self.time(head.date).await?);
                Ok(Some(Stored { bytes, modified, now }))
            }
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(ledger(error)),
        }
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Page, Error> {
        let after = after.map(|after| self.key(after));
        let listing = self.store.list(&self.key(prefix), after.as_deref(), limit).await.map_err(ledger)?;
        let own = |key: &str| key.strip_prefix(&self.prefix).map(str::to_owned);
        let keys =
            listing.objects.iter().filter_map(|object| Some((own(&object.key)?, object.last_modified)));
        let keys: Result<_, Error> =
            keys.map(|(key, modified)| Ok(ListedKey { key, modified: told(modified)? })).collect();
        Ok(Page { keys: keys?, next: listing.next.as_deref().and_then(own) })
    }

    async fn delete(&self, key: &str) -> Result<(), Error> {
        self.store.delete(&self.key(key)).await.map_err(ledger)
    }
}

/// A bucket that is missing is no empty ledger.
fn is_absent(error: &object_storage::Error) -> bool {
    let said = error.kind() == Storage::NotFound && error.verdict() == StorageVerdict::Permanent;
    said && error.code() != Some("NoSuchBucket")
}

#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
mod tests;
