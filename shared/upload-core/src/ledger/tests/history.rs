//! What finished uploads leave in the ledger, made up when it is asked for: a million of them cost no memory.
//!
//! Their keys are those of real uploads, with ids and ends at equal distances, and their entries are copies of a real upload's.

use super::super::{FinishedKey, ListedKey};
use crate::UploadId;
use bytes::Bytes;
use std::time::{Duration, SystemTime};

/// How long ago the first of them ended: no list has forgotten it.
const SPAN: Duration = Duration::from_secs(29 * 24 * 3600);

/// Finished uploads.
#[derive(Default)]
pub(crate) struct History {
    count: u32,
    now: Option<SystemTime>,
    kinds: Vec<Kind>,
}

/// The entries of one kind, as many to each upload.
struct Kind {
    prefix: &'static str,
    /// What follows an upload's name in the keys, and the entry.
    entries: Vec<(String, Bytes)>,
}

impl History {
    /// This many uploads that ended in the last month, each with copies of what `id` left in `entries`.
    pub(crate) fn new(count: u32, now: SystemTime, id: &UploadId, entries: &[(String, Bytes)]) -> Self {
        let mut kinds: Vec<Kind> = Vec::new();
        for (key, bytes) in entries {
            let prefixes = ["content/", "lease/", "ledger/", "recent/"];
            let Some(prefix) = prefixes.into_iter().find(|prefix| key.starts_with(prefix)) else { continue };
            let suffix = match prefix {
                "lease/" | "ledger/" => key.rsplit_once(id.as_str()).expect("its own").1,
                _ => "",
            };
            let entry = (suffix.to_owned(), bytes.clone());
            match kinds.iter_mut().find(|kind| kind.prefix == prefix) {
                Some(kind) => kind.entries.push(entry),
                None => kinds.push(Kind { prefix, entries: vec![entry] }),
            }
        }
        Self { count, now: Some(now), kinds }
    }

    /// How many entries it has.
    pub(crate) fn len(&self) -> usize {
        self.kinds.iter().map(|kind| kind.entries.len() * self.count as usize).sum()
    }

    pub(super) fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Vec<ListedKey> {
        let is_before = |key: &str| after.map_or(key < prefix, |after| key <= after);
        let mut listed = Vec::new();
        for kind in &self.kinds {
            if !kind.prefix.starts_with(prefix) && !prefix.starts_with(kind.prefix) {
                continue;
            }
            let entries = kind.entries.len() * self.count as usize;
            // The keys are in order: where the list begins is found by halving.
            let (mut begin, mut end) = (0, entries);
            while begin < end {
                let middle = begin.midpoint(end);
                if is_before(&self.key(kind, middle)) { begin = middle + 1 } else { end = middle }
            }
            let keys = (begin..entries).map(|n| self.key(kind, n)).take_while(|key| key.starts_with(prefix));
            listed.extend(keys.take(limit).map(|key| ListedKey { key, modified: self.now(), tag: None }));
        }
        listed
    }

    pub(super) fn read(&self, key: &str) -> Option<(Bytes, SystemTime)> {
        let kind = self.kinds.iter().find(|kind| key.starts_with(kind.prefix))?;
        let found = self.list(key, None, 1);
        let suffix = |entry: &&(String, Bytes)| key.ends_with(&entry.0);
        let (_, bytes) =
            found.first().filter(|found| found.key == key).and(kind.entries.iter().find(suffix))?;
        Some((bytes.clone(), self.now()))
    }

    /// The n-th key of a kind.
    fn key(&self, kind: &Kind, n: usize) -> String {
        let (upload, entry) = (n / kind.entries.len(), n % kind.entries.len());
        let upload = u32::try_from(upload).expect("as many as there are");
        let id = format!("{:032x}", u128::MAX / u128::from(self.count) * u128::from(upload));
        let name = match kind.prefix {
            // The latest comes first.
            "recent/" => {
                let ended = self.now() - SPAN * upload / self.count;
                FinishedKey::new(ended, UploadId::parse(&id).expect("an id")).to_string()
            }
            _ => id,
        };
        format!("{}{name}{}", kind.prefix, kind.entries[entry].0)
    }

    fn now(&self) -> SystemTime {
        self.now.unwrap_or(SystemTime::UNIX_EPOCH)
    }
}
