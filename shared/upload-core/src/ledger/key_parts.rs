//! Parts of keys other than upload ids: the time of an end, the tokens of an account.
//!
//! A keyed hash names a token without revealing it; each use has a key of its own, so that no two hashes can be
//! compared.

use super::codec::unreadable_entry;
use crate::{Error, UploadId};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

/// Times are counted down from here, the year 2286, in milliseconds, since stores list in ascending order only.
const LATEST_MS: u64 = 9_999_999_999_999;
/// Decimal digits of a countdown.
const DIGITS: usize = 13;
/// Key of the hash that names a refresh token of the settings.
const CHAIN_KEY: &[u8] = b"oss2youku lineage of a refresh token";
/// Key of the hash that names an access token.
const TOKEN_KEY: &[u8] = b"oss2youku origin of a token";

/// Names the entry of a finished upload: the end's time, counted down, and the upload. A later end is a smaller key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FinishedKey {
    countdown: u64,
    id: UploadId,
}

impl FinishedKey {
    /// Creates the key of an upload that ended at `time`.
    pub(super) fn new(time: SystemTime, id: UploadId) -> Self {
        Self { countdown: count_down(time), id }
    }

    /// Parses a key as [`Display`](fmt::Display) writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (down, id) = text.split_once('-')?;
        let well_formed = down.len() == DIGITS && down.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self { countdown: down.parse().ok().filter(|_| well_formed)?, id: UploadId::parse(id)? })
    }

    /// The upload that ended.
    #[must_use]
    pub fn id(&self) -> &UploadId {
        &self.id
    }

    /// The upload that ended.
    pub(super) fn into_id(self) -> UploadId {
        self.id
    }

    /// Returns a prefix that sorts before the keys of all ends at or before `time`.
    pub(super) fn prefix_at(time: SystemTime) -> String {
        format!("{:0DIGITS$}", count_down(time))
    }
}

impl fmt::Display for FinishedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0DIGITS$}-{}", self.countdown, self.id)
    }
}

/// Milliseconds from `time` to [`LATEST_MS`]: later times sort first.
fn count_down(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    LATEST_MS.saturating_sub(u64::try_from(since).unwrap_or(LATEST_MS))
}

/// Names the pairs of tokens that descend from one refresh token of the settings: another one there begins a new
/// chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenChain {
    account: String,
    name: String,
}

impl TokenChain {
    /// Creates the chain of an account whose settings hold this refresh token.
    ///
    /// # Errors
    /// None in practice: the key of the hash is a constant.
    pub fn new(account: &str, refresh_token: &SecretString) -> Result<Self, Error> {
        Ok(Self { account: account.to_owned(), name: hash(CHAIN_KEY, refresh_token, 8)? })
    }

    /// The account's name in the settings.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// A keyed hash of a token: it names the token without revealing it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyedHash(String);

impl KeyedHash {
    /// Hashes a token.
    ///
    /// # Errors
    /// None in practice: the key is a constant.
    pub fn new(token: &SecretString) -> Result<Self, Error> {
        hash(TOKEN_KEY, token, 16).map(Self)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns the first `length` bytes of HMAC-SHA-256 over a secret, in hexadecimal.
fn hash(key: &[u8], secret: &SecretString, length: usize) -> Result<String, Error> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .map_err(|error| unreadable_entry("token/", "HMAC has no key").with_source(error))?;
    mac.update(secret.expose_secret().as_bytes());
    Ok(mac.finalize().into_bytes().iter().take(length).map(|byte| format!("{byte:02x}")).collect())
}
