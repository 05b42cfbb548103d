//! Ledger entries as JSON: one line, with a version. An entry that does not fit exactly is refused by name.

use crate::{Error, ErrorKind};
use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The version that is written. Once a version is released, a new field needs a new version: an older program
/// must not overlook the field.
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
/// Names the key and the column in it, never a value: it may be a secret.
pub(super) fn decode<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<T, Error> {
    let damaged = "a ledger entry is damaged or was written by another program: restore it, or remove it if it is not the ledger's";
    let Version { v } = serde_json::from_slice(bytes).map_err(|_| unreadable_entry(key, damaged))?;
    if v > VERSION {
        let message =
            "a ledger entry was written by a newer version of this program: update this installation";
        return Err(unreadable_entry(key, message).with_context("version", v.to_string()));
    }
    // Damage is located by column: a library that reports the path would compile a second reader for every type
    // of entry.
    let entry = serde_json::from_slice(bytes)
        .map_err(|error| unreadable_entry(key, damaged).with_context("column", error.column().to_string()))?;
    if v == 0 { Err(unreadable_entry(key, damaged)) } else { Ok(entry) }
}

/// 128 random bits in hexadecimal.
pub(super) fn random_nonce() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// The error for an entry that is damaged, foreign, missing or newer. The program never guesses: a person must
/// look.
pub(super) fn unreadable_entry(key: &str, message: &'static str) -> Error {
    Error::new(ErrorKind::Ledger, "ledger", message).with_context("key", key)
}
