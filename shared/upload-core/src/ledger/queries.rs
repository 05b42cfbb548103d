//! Queries that take nothing, and the small notes of the sweep.

use super::{
    Ledger, codec,
    codec::{decode, encode},
    keys,
};
use crate::{Error, UploadId};
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use std::time::{Duration, SystemTime};
use tokio::time::timeout;

/// Two points in time by the store's clock.
#[derive(Debug, Clone, Copy)]
pub struct StoreTimes {
    /// When the ledger was first used.
    pub birth: SystemTime,
    /// Now.
    pub now: SystemTime,
}

/// Names the note whose age is that of the last sweep.
const SWEPT: &str = "swept";
/// How long a message that nobody holds waits for the store's clock.
const CLOCK_TIME: Duration = Duration::from_secs(2);

impl Ledger {
    /// Reads when the ledger was first used, by the store's clock: now, if this is the first use. A lost mark is
    /// written again, so a ledger only ever looks younger than it is.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn birth(&self) -> Result<SystemTime, Error> {
        self.times().await.map(|times| times.birth)
    }

    /// Reads the ledger's birth and the store's clock; records the birth if this is the first use.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn times(&self) -> Result<StoreTimes, Error> {
        if let Some(times) = self.recorded_times().await? {
            return Ok(times);
        }
        self.record_birth().await?;
        let gone = "the ledger's birth mark vanished";
        self.recorded_times().await?.ok_or_else(|| codec::unreadable_entry(keys::BIRTH, gone))
    }

    /// Records the birth of a ledger that has not been used yet; of one that has it stays.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn record_birth(&self) -> Result<(), Error> {
        self.access.create(keys::BIRTH, Bytes::from_static(b"{\"v\":1}\n")).await.map(drop)
    }

    /// Reads the ledger's birth and the store's clock; `None` if the ledger has not been used yet. Writes nothing.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn recorded_times(&self) -> Result<Option<StoreTimes>, Error> {
        let mark = self.access.read(keys::BIRTH).await?;
        Ok(mark.map(|mark| StoreTimes { birth: mark.modified, now: mark.now }))
    }

    /// The time to sign with what no lease stands behind: by the store's clock, or by this machine's where the ledger has not been used yet or
    /// does not answer within two seconds. One read.
    pub(crate) async fn signing_time(&self) -> SystemTime {
        match timeout(CLOCK_TIME, self.recorded_times()).await {
            Ok(Ok(Some(times))) => times.now,
            _ => self.access.clock.now(),
        }
    }

    /// Whether the ledger has been used before. Writes nothing.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn is_born(&self) -> Result<bool, Error> {
        Ok(self.recorded_times().await?.is_some())
    }

    /// Whether an upload has any step.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn has_upload(&self, id: &UploadId) -> Result<bool, Error> {
        let page = self.access.list_page(&keys::steps(id), None, 1).await?;
        Ok(!page.keys.is_empty())
    }

    /// Reads a small note kept next to the uploads, such as a sweep's cursor; `None` if there is none.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn cursor(&self, name: &str) -> Result<Option<String>, Error> {
        let found = self.access.read(&keys::cursor(name)).await?;
        Ok(found
            .and_then(|found| String::from_utf8(found.bytes.to_vec()).ok())
            .filter(|text| !text.is_empty()))
    }

    /// Replaces a cursor.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn set_cursor(&self, name: &str, text: Option<&str>) -> Result<(), Error> {
        let bytes = Bytes::copy_from_slice(text.unwrap_or_default().as_bytes());
        self.access.write(&keys::cursor(name), bytes).await.map(drop)
    }

    /// Notes that a sweep has ended.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn record_sweep(&self) -> Result<(), Error> {
        self.access.write(&keys::cursor(SWEPT), Bytes::from_static(b"{\"v\":1}\n")).await.map(drop)
    }

    /// When the last sweep ended, by the store's clock; `None` where none has, or none of a program that notes it.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn last_sweep(&self) -> Result<Option<SystemTime>, Error> {
        let note = self.access.read(&keys::cursor(SWEPT)).await?;
        Ok(note.map(|note| note.modified))
    }

    /// Reads a versioned note in JSON, kept next to the [cursors](Self::cursor).
    pub(crate) async fn note<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        let key = keys::cursor(name);
        let found = self.access.read(&key).await?;
        found.map(|found| decode(&key, &found.bytes)).transpose()
    }

    /// Replaces a versioned note.
    pub(crate) async fn set_note(&self, name: &str, note: &impl Serialize) -> Result<(), Error> {
        self.access.write(&keys::cursor(name), encode(note)?).await.map(drop)
    }
}
