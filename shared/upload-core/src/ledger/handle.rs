//! The ledger's handle: the store, the key that seals, and how long a lease lives.

use super::{
    chain::read_on,
    lease::{Holder, ObservedLease},
    record::Record,
    seal::Seal,
    store::{Access, LedgerStore},
};
use crate::{Error, UploadId, retry::RetryPolicy};
use std::{sync::Arc, time::Duration};

/// How the ledger is used.
#[derive(Debug, Clone, Copy)]
pub struct LedgerSettings {
    /// How long a lease lives without being renewed; it is renewed three times as often. At least 3 seconds.
    pub lease_life: Duration,
    /// How failing calls of the store are tried again.
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
}

impl Ledger {
    /// A ledger kept by `store`, its secrets sealed by `seal`.
    #[must_use]
    pub fn new(store: Arc<dyn LedgerStore>, seal: Arc<dyn Seal>, settings: LedgerSettings) -> Self {
        let access = Access { store, retry: settings.retry };
        Self { access, seal, lease_life: settings.lease_life }
    }

    /// What is known of an upload, `None` where nothing is.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) where an entry is missing, damaged, foreign or newer, naming it, or where the store
    /// fails: so all calls of the ledger.
    pub async fn read(&self, id: &UploadId) -> Result<Option<Record>, Error> {
        read_on(&self.access, id, None).await
    }

    /// Who has an upload in hand; `None` where nobody does.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn holder(&self, id: &UploadId) -> Result<Option<Holder>, Error> {
        let seen = ObservedLease::observe(&self.access, id, self.lease_life).await?;
        Ok(seen.and_then(|seen| seen.holder()))
    }
}
