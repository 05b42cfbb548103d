//! What the ledger's store was asked for, and for whom.

use crate::ledger::tests::memory::MemoryStore;
use std::collections::BTreeMap;

/// Hexadecimal digits of an upload's id.
const ID: usize = 32;

/// Requests for one upload.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct UploadCost {
    pub(super) requests: u32,
    pub(super) marks_written: u32,
    pub(super) marks_deleted: u32,
}

/// Requests of the ledger's store.
#[derive(Debug, Default)]
pub(super) struct Cost {
    pub(super) uploads: BTreeMap<String, UploadCost>,
    /// For uploads as well, by keys that do not name them: the client's rate limit, what was last published of an object's key.
    pub(super) of_clients: u32,
    /// Of each sweep, for no single upload.
    pub(super) sweeps: Vec<u32>,
}

impl Cost {
    /// Adds the requests that were made since the last time, to which one sweep belongs.
    pub(super) fn take(&mut self, store: &MemoryStore) {
        let mut sweep = 0;
        for (operation, key) in std::mem::take(&mut store.world().calls) {
            let Some(id) = find_id(&key) else {
                match key.split('/').next() {
                    Some("pause" | "content") => self.of_clients += 1,
                    _ => sweep += 1,
                }
                continue;
            };
            let cost = self.uploads.entry(id).or_default();
            cost.requests += 1;
            if key.starts_with("open/") {
                cost.marks_written += u32::from(operation == "write");
                cost.marks_deleted += u32::from(operation == "delete");
            }
        }
        self.sweeps.push(sweep);
    }

    /// Requests for all uploads, on average.
    pub(super) fn mean(&self) -> f64 {
        let requests: u32 = self.uploads.values().map(|cost| cost.requests).sum();
        f64::from(requests + self.of_clients) / self.count(|_| true)
    }

    /// What an upload costs on average that had to wait: its requests, the marks that it writes, and those that it deletes.
    pub(super) fn mean_of_waiting(&self) -> [f64; 3] {
        // One that need not wait has one mark.
        let waited = |cost: &UploadCost| cost.marks_written > 1;
        let sum = |part: fn(&UploadCost) -> u32| {
            let parts = self.uploads.values().filter(|cost| waited(cost)).map(part);
            f64::from(parts.sum::<u32>()) / self.count(waited)
        };
        [sum(|cost| cost.requests), sum(|cost| cost.marks_written), sum(|cost| cost.marks_deleted)]
    }

    fn count(&self, which: impl Fn(&UploadCost) -> bool) -> f64 {
        f64::from(u32::try_from(self.uploads.values().filter(|cost| which(cost)).count()).expect("few"))
    }
}

/// The id in the key of an entry of one upload.
fn find_id(key: &str) -> Option<String> {
    let (kind, name) = key.split_once('/')?;
    let id = match kind {
        "ledger" | "lease" | "open" => name.get(..ID),
        "recent" => name.len().checked_sub(ID).and_then(|at| name.get(at..)),
        _ => None,
    };
    id.map(str::to_owned)
}
