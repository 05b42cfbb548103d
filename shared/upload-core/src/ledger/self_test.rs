//! Tests whether the store can keep a ledger.

use super::{Created, Ledger, Record, codec::random_nonce};
use crate::ledger::secrets::UPLOAD_TOKEN;
use crate::{Error, ErrorKind};
use bytes::Bytes;

impl Ledger {
    /// Writes an entry, checks that the store refuses to create it again, then lists, reads and deletes it.
    ///
    /// # Errors
    /// [`Ledger`](ErrorKind::Ledger), with the failed call as its operation, or stating what the store did
    /// wrong.
    pub async fn test_store(&self) -> Result<(), Error> {
        let store = &self.access.store;
        let key = format!("trial/{}", random_nonce());
        let bytes = Bytes::from_static(b"{\"v\":1}\n");
        store.create(&key, bytes.clone()).await?;
        let second = store.create(&key, Bytes::from_static(b"{\"v\":1,\"again\":true}\n")).await?;
        if !matches!(second, Created::Exists) {
            return Err(store_error(
                "the store replaces entries that it was asked to create: it cannot keep a ledger",
            ));
        }
        let listed = store.list("trial/", None, 1000).await?;
        if !listed.keys.iter().any(|listed| listed.key == key) {
            return Err(store_error(
                "the store does not list what was just written: it cannot keep a ledger",
            ));
        }
        if store.read(&key).await?.is_none_or(|found| found.bytes != bytes) {
            return Err(store_error(
                "the store does not read back what was just written: it cannot keep a ledger",
            ));
        }
        store.delete(&key).await
    }

    /// Checks that the secrets of an upload decrypt with this ledger's key.
    ///
    /// # Errors
    /// [`Ledger`](ErrorKind::Ledger) if they were sealed with another one.
    pub fn test_seal(&self, record: &Record) -> Result<(), Error> {
        let session = record.session.as_ref().map(|(_, session)| &session.upload_token);
        self.sealer(&record.id).open_some(session, UPLOAD_TOKEN)?;
        self.request(record).map(drop)
    }
}

fn store_error(message: &'static str) -> Error {
    Error::new(ErrorKind::Ledger, "trial", message)
}
