//! Trying out whether the store keeps a ledger.

use super::{Created, Ledger, Record, codec::nonce};
use crate::ledger::secrets::UPLOAD_TOKEN;
use crate::{Error, ErrorKind};
use bytes::Bytes;

impl Ledger {
    /// Writes an entry, makes sure that the store does not let it be created again, lists, reads and deletes it.
    ///
    /// # Errors
    /// [`Ledger`](ErrorKind::Ledger), with the call that failed as its operation or saying what the store did wrong.
    pub async fn test_store(&self) -> Result<(), Error> {
        let store = &self.access.store;
        let key = format!("trial/{}", nonce());
        let bytes = Bytes::from_static(b"{\"v\":1}\n");
        store.create(&key, bytes.clone()).await?;
        let again = store.create(&key, Bytes::from_static(b"{\"v\":1,\"again\":true}\n")).await?;
        if !matches!(again, Created::Exists) {
            return Err(wrong(
                "the store replaces entries that it was asked to create: it cannot keep a ledger",
            ));
        }
        let listed = store.list("trial/", None, 1000).await?;
        if !listed.keys.iter().any(|listed| listed.key == key) {
            return Err(wrong("the store does not list what was just written: it cannot keep a ledger"));
        }
        if store.read(&key).await?.is_none_or(|found| found.bytes != bytes) {
            return Err(wrong("the store does not read back what was just written: it cannot keep a ledger"));
        }
        store.delete(&key).await
    }

    /// Makes sure that the secrets of an upload open with this ledger's key.
    ///
    /// # Errors
    /// [`Ledger`](ErrorKind::Ledger) where they were sealed with another one.
    pub fn test_seal(&self, record: &Record) -> Result<(), Error> {
        let session = record.session.as_ref().map(|(_, session)| &session.upload_token);
        self.sealer(&record.id).open_some(session, UPLOAD_TOKEN)?;
        self.request(record).map(drop)
    }
}

fn wrong(message: &'static str) -> Error {
    Error::new(ErrorKind::Ledger, "trial", message)
}
