//! Records of the ledger.

use app::core::{
    Error, ErrorKind, RetryPolicy, SystemClock, UploadId,
    ledger::{Created, Entry, Ledger, LedgerSettings, LedgerStore, ListedKey, Page, Seal, Stored},
};
use bytes::Bytes;
use secrecy::SecretString;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

const ID: &str = "0123456789abcdef0123456789abcdef";

/// A ledger with one upload whose steps are these texts. Nothing is written to it.
struct Steps(Vec<Bytes>);

fn refuse() -> Error {
    Error::new(ErrorKind::Ledger, "ledger", "reading writes nothing")
}

fn key(index: usize) -> String {
    format!("ledger/{ID}/{:06}.json", index + 1)
}

#[async_trait::async_trait]
impl LedgerStore for Steps {
    async fn create(&self, _: &str, _: Bytes) -> Result<Created, Error> {
        Err(refuse())
    }

    async fn write(&self, _: &str, _: Bytes) -> Result<SystemTime, Error> {
        Err(refuse())
    }

    async fn read(&self, wanted: &str) -> Result<Option<Stored>, Error> {
        let found = (0..self.0.len()).find(|index| key(*index) == wanted);
        let now = SystemTime::UNIX_EPOCH;
        Ok(found.map(|index| Stored { bytes: self.0[index].clone(), modified: now, now, tag: None }))
    }

    async fn list(&self, prefix: &str, after: Option<&str>, _: usize) -> Result<Page, Error> {
        let keys = (0..self.0.len()).map(key);
        let is_listed =
            |key: &String| key.starts_with(prefix) && after.is_none_or(|after| key.as_str() > after);
        let entry = |key| ListedKey { key, modified: SystemTime::UNIX_EPOCH, tag: None };
        Ok(Page { keys: keys.filter(is_listed).map(entry).collect(), next: None })
    }

    async fn delete(&self, _: &str) -> Result<(), Error> {
        Err(refuse())
    }
}

/// Opens nothing.
struct Closed;

impl Seal for Closed {
    fn seal(&self, _: &[u8], _: &str) -> Result<String, Error> {
        Err(refuse())
    }

    fn open(&self, _: &str, _: &str) -> Result<SecretString, Error> {
        Err(refuse())
    }

    fn keyed_hash(&self, _: &[u8]) -> Option<String> {
        None
    }
}

/// The text, one step a line, is a record or damage that is named; each step is read again from what it is written as.
///
/// # Panics
/// Where this does not hold.
pub fn read_record(data: &[u8]) {
    let lines: Vec<_> = data.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(20).collect();
    for line in &lines {
        let Ok(entry) = serde_json::from_slice::<Entry>(line) else { continue };
        let written = serde_json::to_vec(&entry).expect("it can be written");
        assert_eq!(entry, serde_json::from_slice(&written).expect("what is written can be read"));
    }
    let store = Steps(lines.iter().map(|line| Bytes::copy_from_slice(line)).collect());
    let (count, retry) =
        (lines.len(), RetryPolicy { idle_timeout: Duration::ZERO, ..RetryPolicy::default() });
    let settings = LedgerSettings { retry, ..LedgerSettings::default() };
    let ledger = Ledger::new(Arc::new(store), Arc::new(Closed), settings, Arc::new(SystemClock));
    let id = UploadId::parse(ID).expect("an id");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    match runtime.block_on(ledger.read(&id)) {
        Ok(None) => assert_eq!(count, 0, "steps were passed over"),
        Ok(Some(record)) => {
            assert_eq!(record.sequence() as usize, count, "every step counts in the chain");
            // What a person reads of it.
            let _ = (record.is_settled(), record.pending_outcome_callback(), record.media());
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Ledger);
            assert!(error.context_value("key").is_some_and(|key| key.starts_with("ledger/")), "{error:?}");
        }
    }
}
