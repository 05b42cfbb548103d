//! The versions of a rule's objects of which the ledger is known to have an upload, so that the next pass need not examine them again.
//!
//! An object whose event may still be missing is examined by each pass for a day. Once the ledger has an upload of that very version, the
//! answer cannot change, and each look costs a `HEAD`, the read of its sidecar and a list of the ledger. A note names versions by hash:
//! forgetting one costs such a look, never a video.

use crate::SourceEntry;
use base64::{DecodeError, Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeSet, time::UNIX_EPOCH};

/// Versions of one rule at most: 53 KiB of its cursor. Those beyond are examined by each pass.
const MAX_VERSIONS: usize = 5000;
/// Bytes of a hash. A false match would hide an object whose event was lost: with 5,000 known, one of 10^15 objects.
const HASH: usize = 8;

/// The known versions of one rule.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownVersions {
    /// As of the last complete pass, unless the running one has encountered them.
    #[serde(default, skip_serializing_if = "Hashes::is_empty")]
    last: Hashes,
    /// Encountered by the running pass.
    #[serde(default, skip_serializing_if = "Hashes::is_empty")]
    running: Hashes,
}

impl KnownVersions {
    pub(super) fn is_empty(&self) -> bool {
        self.last.is_empty() && self.running.is_empty()
    }

    /// Whether the version is known. If so, the next pass knows it too.
    pub(super) fn encounter(&mut self, entry: &SourceEntry) -> bool {
        let hash = hash_version(entry);
        if self.last.0.remove(&hash) {
            self.running.0.insert(hash);
        }
        self.running.0.contains(&hash)
    }

    /// Adds a version, if there is room.
    pub(super) fn add(&mut self, entry: &SourceEntry) {
        if self.last.0.len() + self.running.0.len() < MAX_VERSIONS {
            self.running.0.insert(hash_version(entry));
        }
    }

    /// Forgets what the pass that ends now did not encounter: it is gone, or too old to be examined.
    pub(super) fn complete(&mut self) {
        self.last = std::mem::take(&mut self.running);
    }
}

/// Of all that the list tells: whole seconds alone do not distinguish two versions.
fn hash_version(entry: &SourceEntry) -> [u8; HASH] {
    let modified = entry.modified.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let modified = u64::try_from(modified).unwrap_or(u64::MAX);
    let mut hasher = Sha256::new();
    for field in
        [entry.key.as_bytes(), entry.etag.as_bytes(), &entry.size.to_be_bytes(), &modified.to_be_bytes()]
    {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    let digest = hasher.finalize();
    std::array::from_fn(|index| digest[index])
}

/// Hashes, stored as the base64 of all of them in order.
#[derive(Debug, Default)]
struct Hashes(BTreeSet<[u8; HASH]>);

impl Hashes {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Hashes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flatten().copied().collect();
        serializer.serialize_str(&STANDARD_NO_PAD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Hashes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD_NO_PAD.decode(text).map_err(D::Error::custom)?;
        let (hashes, rest) = bytes.as_chunks::<HASH>();
        if !rest.is_empty() {
            return Err(D::Error::custom(DecodeError::InvalidLength(bytes.len())));
        }
        Ok(Self(hashes.iter().copied().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn entry(key: &str, etag: &str, size: u64, second: u64) -> SourceEntry {
        let modified = UNIX_EPOCH + Duration::from_secs(second);
        SourceEntry { key: key.into(), etag: etag.into(), size, modified }
    }

    fn restored(known: &KnownVersions) -> KnownVersions {
        serde_json::from_str(&serde_json::to_string(known).expect("JSON")).expect("its own form")
    }

    /// Another key, ETag, size or time is another version, also after a save.
    #[test]
    fn a_version_is_known_by_all_that_a_list_tells() {
        let mut known = KnownVersions::default();
        let object = entry("a.mp4", "E1", 5, 100);
        assert!(!known.encounter(&object));
        known.add(&object);
        let mut known = restored(&known);
        assert!(known.encounter(&object));
        for other in [
            entry("b.mp4", "E1", 5, 100),
            entry("a.mp4", "E2", 5, 100),
            entry("a.mp4", "E1", 6, 100),
            entry("a.mp4", "E1", 5, 101),
            entry("a.mp4E1", "", 5, 100),
        ] {
            assert!(!known.encounter(&other), "{other:?}");
        }
    }

    /// The form that docs/ledger-format.md states.
    #[test]
    fn a_version_is_stored_as_the_first_bytes_of_its_hash() {
        let mut known = KnownVersions::default();
        known.add(&entry("a.mp4", "E1", 5, 100));
        assert_eq!(serde_json::to_string(&known).expect("JSON"), r#"{"running":"E0sMpSjFGwM"}"#);
    }

    /// What a whole pass did not encounter is forgotten; an interrupted one forgets nothing.
    #[test]
    fn what_is_gone_is_forgotten_by_a_complete_pass() {
        let (stays, goes) = (entry("stays.mp4", "E1", 5, 100), entry("goes.mp4", "E2", 5, 100));
        let mut known = KnownVersions::default();
        known.add(&stays);
        known.add(&goes);
        known.complete();
        assert!(known.encounter(&stays));
        let mut interrupted = restored(&known);
        assert!(interrupted.encounter(&goes));
        known.complete();
        assert!(known.encounter(&stays) && !known.encounter(&goes));
        known.complete();
        known.complete();
        assert!(known.is_empty());
    }

    /// There is room for so many; what is known stays known.
    #[test]
    fn the_number_of_versions_is_bounded() {
        let mut known = KnownVersions::default();
        let versions: Vec<_> = (0..=MAX_VERSIONS as u64).map(|size| entry("a.mp4", "E", size, 1)).collect();
        versions.iter().for_each(|version| known.add(version));
        known.complete();
        let mut known = restored(&known);
        let count = versions.iter().filter(|version| known.encounter(version)).count();
        assert_eq!(count, MAX_VERSIONS);
        assert!(serde_json::to_string(&known).expect("JSON").len() < 54 << 10);
    }

    /// What is no list of hashes is refused, as any damaged cursor.
    #[test]
    fn damaged_hashes_are_refused() {
        for text in [r#"{"last":"AAAA"}"#, r#"{"last":"!"}"#, r#"{"last":5}"#] {
            assert!(serde_json::from_str::<KnownVersions>(text).is_err(), "{text}");
        }
    }
}
