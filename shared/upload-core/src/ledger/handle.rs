//! The ledger's handle: the store, the key that seals, and the life of a lease.

use super::{
    chain::{has_same_tags, read_remaining},
    observed_lease::{Holder, ObservedLease},
    record::Record,
    seal::Seal,
    store::{Access, LedgerStore},
};
use crate::{Clock, Error, NoticeSubscriber, TraceContext, UploadId, retry::RetryPolicy};
use std::{sync::Arc, time::Duration};

/// How the ledger is used.
#[derive(Debug, Clone, Copy)]
pub struct LedgerSettings {
    /// How long a lease lives without renewal; it is renewed three times in that time. At least 3 seconds.
    pub lease_life: Duration,
    /// How failing calls of the store are retried.
    pub retry: RetryPolicy,
}

impl Default for LedgerSettings {
    fn default() -> Self {
        Self { lease_life: Duration::from_secs(15), retry: RetryPolicy::default() }
    }
}

/// The record of every upload. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    pub(super) access: Access,
    pub(super) seal: Arc<dyn Seal>,
    pub(super) lease_life: Duration,
    /// The trace that claims record.
    pub(super) trace: Option<TraceContext>,
}

impl Ledger {
    /// Creates a ledger kept by `store`, its secrets sealed by `seal`. By `clock` a holder notices that its machine was frozen.
    #[must_use]
    pub fn new(
        store: Arc<dyn LedgerStore>,
        seal: Arc<dyn Seal>,
        settings: LedgerSettings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let access = Access { store, retry: settings.retry, clock, subscribers: Arc::default() };
        Self { access, seal, lease_life: settings.lease_life, trace: None }
    }

    /// The same ledger, whose claims record this trace.
    pub(crate) fn with_trace(&self, trace: Option<TraceContext>) -> Self {
        Self { trace, ..self.clone() }
    }

    /// Queues the events that these robots report. Without any, nothing is queued and no request made for it.
    #[must_use]
    pub fn with_subscribers(mut self, subscribers: Arc<[NoticeSubscriber]>) -> Self {
        self.access.subscribers = subscribers;
        self
    }

    /// Reads the record of an upload; `None` if the ledger has none.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) if an entry is missing, damaged, foreign or newer, naming it, or if
    /// the store fails. All calls of the ledger fail in this way.
    pub async fn read(&self, id: &UploadId) -> Result<Option<Record>, Error> {
        read_remaining(&self.access, id, None).await
    }

    /// Whether the ledger shows exactly what `record` read: one list, by the store's tags. `false` where the store has none.
    ///
    /// # Errors
    /// The store's error.
    pub async fn is_unchanged(&self, record: &Record) -> Result<bool, Error> {
        has_same_tags(&self.access, record).await
    }

    /// Reads who holds an upload; `None` if nobody does.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn holder(&self, id: &UploadId) -> Result<Option<Holder>, Error> {
        let lease = ObservedLease::observe(&self.access, id, self.lease_life).await?;
        Ok(lease.and_then(|lease| lease.holder()))
    }
}
