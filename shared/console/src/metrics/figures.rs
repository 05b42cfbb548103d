//! The figures of one scrape.

use crate::rows::{Row, RowState};
use app::{LedgerHealth, core::ledger::Timestamp};
use std::collections::BTreeMap;

/// What is known at the time of a scrape.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Figures {
    /// Uploads of each state; a state that none is in counts 0.
    pub(super) uploads: BTreeMap<RowState, u64>,
    /// Uploads that have an error, by their state and its code.
    pub(super) errors: BTreeMap<(RowState, String), u64>,
    /// Since when the oldest upload is open that has not ended (store clock).
    pub(super) oldest_open: Option<Timestamp>,
    /// Bytes per second of all uploads that move, lately.
    pub(super) rate: u64,
    /// The ledger could be read the last time.
    pub(super) is_readable: bool,
    /// Sweeps and tokens; `None` behind a function, and of a ledger that has not been used.
    pub(super) health: Option<LedgerHealth>,
}

impl Figures {
    /// Counts rows.
    pub(super) fn from_rows<'a>(rows: impl Iterator<Item = &'a Row>, now: Timestamp) -> Self {
        let uploads = RowState::ALL.into_iter().map(|state| (state, 0)).collect();
        let mut figures = Self { uploads, ..Self::default() };
        for row in rows {
            *figures.uploads.entry(row.state).or_default() += 1;
            if let Some(error) = &row.error {
                *figures.errors.entry((row.state, error.clone())).or_default() += 1;
            }
            figures.rate += row.rate.unwrap_or_default();
            if row.is_open() {
                let opened = row.opened.unwrap_or(row.at).min(now);
                figures.oldest_open = Some(figures.oldest_open.map_or(opened, |oldest| oldest.min(opened)));
            }
        }
        figures
    }
}

#[cfg(test)]
mod tests;
