//! The port to the store that keeps the ledger: a folder, or a prefix of a bucket.

use crate::{Clock, Error, NoticeSubscriber, RetryPolicy, retry::RetryBudget};
use async_trait::async_trait;
use bytes::Bytes;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, sleep_until};

/// Keeps the ledger's entries. All times are by the store's own clock, which is the same for every machine; a
/// clock in whole seconds is good enough.
///
/// Errors are of kind [`Ledger`](crate::ErrorKind::Ledger), and retryable if a retry can help.
#[async_trait]
pub trait LedgerStore: Send + Sync {
    /// Creates an entry that must not exist yet.
    ///
    /// # Errors
    /// Where the store fails; the entry may have been written.
    async fn create(&self, key: &str, bytes: Bytes) -> Result<Created, Error>;

    /// Writes an entry, or replaces it, and returns the time.
    ///
    /// # Errors
    /// Where the store fails; the entry may have been written.
    async fn write(&self, key: &str, bytes: Bytes) -> Result<SystemTime, Error>;

    /// Reads an entry; `None` if there is none.
    ///
    /// # Errors
    /// Where the store fails.
    async fn read(&self, key: &str) -> Result<Option<Stored>, Error>;

    /// Lists the entries whose keys begin with `prefix`, in the order of their keys, after the key `after`, at
    /// most `limit`.
    ///
    /// # Errors
    /// Where the store fails.
    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Page, Error>;

    /// Deletes an entry, if it exists.
    ///
    /// # Errors
    /// Where the store fails; the entry may have been deleted.
    async fn delete(&self, key: &str) -> Result<(), Error>;

    /// Longest time between the store's check of a key and its write in a create-only put: two puts within it
    /// may both succeed, and the last one stays. Zero if create-only is atomic.
    fn window(&self) -> Duration {
        Duration::ZERO
    }
}

/// The result of creating an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It was written.
    Yes {
        /// The time.
        now: SystemTime,
        /// The store's tag of what was written.
        tag: Option<String>,
    },
    /// It exists already.
    Exists,
}

/// An entry that was read.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its content.
    pub bytes: Bytes,
    /// When it was last written.
    pub modified: SystemTime,
    /// When it was read.
    pub now: SystemTime,
    /// The store's tag of this content: the same text in the response to the write, in a read and in a list
    /// (OSS, S3: the ETag).
    pub tag: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The entries, in the order of their keys.
    pub keys: Vec<ListedKey>,
    /// Where the next page begins (`after`); `None` on the last page.
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

/// The acknowledgement of an entry that was created, or found to be one's own.
pub(super) struct Ack {
    /// When, by this machine; if it has stood still since, it waits longer than it must.
    pub(super) at: Instant,
    /// When, by the store's clock.
    pub(super) now: SystemTime,
    pub(super) tag: Option<String>,
}

/// Keys of one page; both clouds return no more at once.
const PAGE: usize = 1000;

/// The store, with its calls retried within a budget, and the clock of the machine that calls it.
#[derive(Clone)]
pub(super) struct Access {
    pub(super) store: Arc<dyn LedgerStore>,
    pub(super) retry: RetryPolicy,
    pub(super) clock: Arc<dyn Clock>,
    /// Which robots receive which events.
    pub(super) subscribers: Arc<[NoticeSubscriber]>,
}

impl Access {
    fn retry_budget(&self) -> RetryBudget {
        RetryBudget::new(self.retry)
    }

    /// Creates an entry; `None` if another process's exists. A create whose response was lost finds its own
    /// bytes, which contain a nonce.
    pub(super) async fn create(&self, key: &str, bytes: Bytes) -> Result<Option<Ack>, Error> {
        let created = self.retry_budget().retry(|| self.store.create(key, bytes.clone())).await?;
        match created {
            Created::Yes { now, tag } => Ok(Some(Ack { at: Instant::now(), now, tag })),
            Created::Exists => {
                let entry = self.read(key).await?.filter(|found| found.bytes == bytes);
                Ok(entry.map(|found| Ack { at: Instant::now(), now: found.now, tag: found.tag }))
            }
        }
    }

    /// Waits until no put that checked the key before this acknowledgement can still write.
    pub(super) async fn wait_for_window(&self, acknowledged: Instant) {
        let window = self.store.window();
        if !window.is_zero() {
            sleep_until(acknowledged + window).await;
        }
    }

    pub(super) async fn write(&self, key: &str, bytes: Bytes) -> Result<SystemTime, Error> {
        self.retry_budget().retry(|| self.store.write(key, bytes.clone())).await
    }

    pub(super) async fn read(&self, key: &str) -> Result<Option<Stored>, Error> {
        self.retry_budget().retry(|| self.store.read(key)).await
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), Error> {
        self.retry_budget().retry(|| self.store.delete(key)).await
    }

    pub(super) async fn list_page(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page, Error> {
        self.retry_budget().retry(|| self.store.list(prefix, after, limit)).await
    }

    /// Lists the keys of all pages.
    pub(super) async fn list_keys(&self, prefix: &str, after: Option<String>) -> Result<Vec<String>, Error> {
        let entries = self.list_entries(prefix, after).await?;
        Ok(entries.into_iter().map(|listed| listed.key).collect())
    }

    /// Lists the entries of all pages.
    pub(super) async fn list_entries(
        &self,
        prefix: &str,
        after: Option<String>,
    ) -> Result<Vec<ListedKey>, Error> {
        let (mut entries, mut after) = (Vec::new(), after);
        loop {
            let page = self.list_page(prefix, after.as_deref(), PAGE).await?;
            entries.extend(page.keys);
            after = page.next;
            if after.is_none() {
                return Ok(entries);
            }
        }
    }
}
