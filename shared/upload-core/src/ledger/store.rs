//! The port to whatever keeps the ledger: a folder, or a prefix of a bucket.

use crate::{Error, RetryPolicy, retry::RetryBudget};
use async_trait::async_trait;
use bytes::Bytes;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, sleep_until};

/// Keeps the ledger's entries. All times are by the store's own clock, which is the same for every machine; a clock in whole
/// seconds is good enough.
///
/// Errors are of kind [`Ledger`](crate::ErrorKind::Ledger), and retryable where trying again can help.
#[async_trait]
pub trait LedgerStore: Send + Sync {
    /// Writes an entry that must not be there yet.
    ///
    /// # Errors
    /// Where the store fails; the entry may have been written.
    async fn create(&self, key: &str, bytes: Bytes) -> Result<Created, Error>;

    /// Writes an entry, or replaces it, and answers the time.
    ///
    /// # Errors
    /// Where the store fails; the entry may have been written.
    async fn write(&self, key: &str, bytes: Bytes) -> Result<SystemTime, Error>;

    /// Reads an entry; `None` where there is none.
    ///
    /// # Errors
    /// Where the store fails.
    async fn read(&self, key: &str) -> Result<Option<Stored>, Error>;

    /// The entries whose keys begin with `prefix`, in the order of their keys, behind the key `after`, at most `limit`.
    ///
    /// # Errors
    /// Where the store fails.
    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Page, Error>;

    /// Deletes an entry, if it is there.
    ///
    /// # Errors
    /// Where the store fails; the entry may have been deleted.
    async fn delete(&self, key: &str) -> Result<(), Error>;

    /// The longest time from the store's look at a key to its write in a create-only put: two puts within it may both succeed, and
    /// the last one stays. Zero where create-only is atomic.
    fn window(&self) -> Duration {
        Duration::ZERO
    }
}

/// What became of an entry that must not be there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It was written.
    Yes {
        /// The time.
        now: SystemTime,
        /// The store's tag of what was written.
        tag: Option<String>,
    },
    /// There is one already.
    Exists,
}

/// An entry as it was read.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its content.
    pub bytes: Bytes,
    /// When it was last written.
    pub modified: SystemTime,
    /// When it was read.
    pub now: SystemTime,
    /// The store's tag of this content: the same text in the answer to the write, in a read and in a list (OSS, S3: the ETag).
    pub tag: Option<String>,
}

/// Part of a list.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The entries, in the order of their keys.
    pub keys: Vec<ListedKey>,
    /// Where the next page begins (`after`); `None` at the end.
    pub next: Option<String>,
}

/// An entry in a list.
#[derive(Debug, Clone)]
pub struct ListedKey {
    /// Its key.
    pub key: String,
    /// When it was last written.
    pub modified: SystemTime,
    /// The store's tag of its content.
    pub tag: Option<String>,
}

/// An entry that was created: when that was acknowledged, or the entry found to be one's own.
pub(super) struct Ack {
    /// By this machine, which may have stood still since: then it waits longer than it must.
    pub(super) at: Instant,
    /// By the store's clock.
    pub(super) now: SystemTime,
    pub(super) tag: Option<String>,
}

/// Keys of one page; both clouds answer no more at once.
const PAGE: usize = 1000;

/// The store with its calls tried again for as long as patience lasts.
#[derive(Clone)]
pub(super) struct Access {
    pub(super) store: Arc<dyn LedgerStore>,
    pub(super) retry: RetryPolicy,
}

impl Access {
    fn patience(&self) -> RetryBudget {
        RetryBudget::new(self.retry)
    }

    /// Creates an entry and answers the time; `None` where somebody else's is there. A create whose answer was lost finds its own
    /// bytes, which hold a nonce.
    pub(super) async fn create(&self, key: &str, bytes: Bytes) -> Result<Option<Ack>, Error> {
        let created = self.patience().retry(|| self.store.create(key, bytes.clone())).await?;
        match created {
            Created::Yes { now, tag } => Ok(Some(Ack { at: Instant::now(), now, tag })),
            Created::Exists => {
                let own = self.read(key).await?.filter(|found| found.bytes == bytes);
                Ok(own.map(|found| Ack { at: Instant::now(), now: found.now, tag: found.tag }))
            }
        }
    }

    /// Waits until no put that looked before this acknowledgement can still write.
    pub(super) async fn wait_for_window(&self, acknowledged: Instant) {
        let window = self.store.window();
        if !window.is_zero() {
            sleep_until(acknowledged + window).await;
        }
    }

    pub(super) async fn write(&self, key: &str, bytes: Bytes) -> Result<SystemTime, Error> {
        self.patience().retry(|| self.store.write(key, bytes.clone())).await
    }

    pub(super) async fn read(&self, key: &str) -> Result<Option<Stored>, Error> {
        self.patience().retry(|| self.store.read(key)).await
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), Error> {
        self.patience().retry(|| self.store.delete(key)).await
    }

    pub(super) async fn page(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Page, Error> {
        self.patience().retry(|| self.store.list(prefix, after, limit)).await
    }

    /// The keys of all pages.
    pub(super) async fn keys(&self, prefix: &str, after: Option<String>) -> Result<Vec<String>, Error> {
        let entries = self.entries(prefix, after).await?;
        Ok(entries.into_iter().map(|listed| listed.key).collect())
    }

    /// The entries of all pages.
    pub(super) async fn entries(&self, prefix: &str, after: Option<String>) -> Result<Vec<ListedKey>, Error> {
        let (mut entries, mut after) = (Vec::new(), after);
        loop {
            let page = self.page(prefix, after.as_deref(), PAGE).await?;
            entries.extend(page.keys);
            after = page.next;
            if after.is_none() {
                return Ok(entries);
            }
        }
    }
}
