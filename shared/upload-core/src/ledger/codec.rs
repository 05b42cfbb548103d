//! Entries as JSON: one line, with a version. What does not fit exactly is refused by name.

use crate::{Error, ErrorKind};
use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The version that is written. Once a version is released, a new field is a new one: an older program must not overlook it.
pub(super) const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Version {
    v: u32,
}

pub(super) fn encode(entry: &impl Serialize) -> Result<Bytes, Error> {
    let wrong = |error| {
        Error::new(ErrorKind::Ledger, "ledger", "a ledger entry could not be written").with_source(error)
    };
    let mut bytes = serde_json::to_vec(entry).map_err(|error: serde_json::Error| wrong(error))?;
    bytes.push(b'\n');
    Ok(bytes.into())
}

/// Reads what [`encode`] wrote under `key`.
///
/// # Errors
/// Names the key and the place in it, never a value: it may be a secret.
pub(super) fn decode<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<T, Error> {
    let damaged = "a ledger entry is damaged or was written by another program: restore it, or remove it if it is not the ledger's";
    let Version { v } = serde_json::from_slice(bytes).map_err(|_| unreadable(key, damaged))?;
    if v > VERSION {
        let message =
            "a ledger entry was written by a newer version of this program: update this installation";
        return Err(unreadable(key, message).with_context("version", v.to_string()));
    }
    // Where it is damaged is told as a column: a library that tells the path reads every type of entry a second way.
    let entry = serde_json::from_slice(bytes)
        .map_err(|error| unreadable(key, damaged).with_context("column", error.column().to_string()))?;
    if v == 0 { Err(unreadable(key, damaged)) } else { Ok(entry) }
}

/// 128 random bits in hexadecimal.
pub(super) fn nonce() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// An entry that is damaged, foreign, missing or newer. Nobody guesses: a person must look.
pub(super) fn unreadable(key: &str, message: &'static str) -> Error {
    Error::new(ErrorKind::Ledger, "ledger", message).with_context("key", key)
}
