//! The figures of one scrape.

use crate::rows::{Row, RowState};
use app::{
    App,
    core::{access_token::TokenState, ledger::Timestamp},
};
use std::collections::BTreeMap;

/// What is known at the time of a scrape.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Figures {
    /// Uploads of each state; a state that none is in counts 0.
    pub(super) uploads: BTreeMap<RowState, u64>,
    /// Uploads that have an error, by their state and its code.
    pub(super) errors: BTreeMap<(RowState, String), u64>,
    /// When the oldest upload began that has not ended (store clock).
    pub(super) oldest_open: Option<Timestamp>,
    /// Bytes per second of all uploads that move, lately.
    pub(super) rate: u64,
    /// The ledger could be read the last time.
    pub(super) is_readable: bool,
    /// When an account's access token expires, where Youku told.
    pub(super) tokens: BTreeMap<String, Timestamp>,
    /// Whether an account needs new tokens from a person.
    pub(super) lost_tokens: BTreeMap<String, bool>,
    /// When the last sweep ended (store clock).
    pub(super) last_sweep: Option<Timestamp>,
}

impl Figures {
    /// Counts rows.
    pub(super) fn of_rows<'a>(rows: impl Iterator<Item = &'a Row>, now: Timestamp) -> Self {
        let uploads = RowState::ALL.into_iter().map(|state| (state, 0)).collect();
        let mut figures = Self { uploads, ..Self::default() };
        for row in rows {
            *figures.uploads.entry(row.state).or_default() += 1;
            if let Some(error) = &row.error {
                *figures.errors.entry((row.state, error.clone())).or_default() += 1;
            }
            figures.rate += row.rate.unwrap_or_default();
            if row.is_open() {
                let begun = row.begun.unwrap_or(row.at).min(now);
                figures.oldest_open = Some(figures.oldest_open.map_or(begun, |oldest| oldest.min(begun)));
            }
        }
        figures
    }

    /// Reads how long the token of each account lasts. One that cannot be read has no figure.
    pub(super) async fn read_tokens(&mut self, app: &App) {
        for account in app.settings().accounts.keys() {
            let Ok(state) = app.account_state(account, None).await else { continue };
            let is_lost = matches!(state, TokenState::Reauthorize { .. });
            self.lost_tokens.insert(account.clone(), is_lost);
            if let TokenState::Valid { until: Some(until), .. } = state {
                self.tokens.insert(account.clone(), until);
            }
        }
    }

    /// Reads when the last sweep ended.
    pub(super) async fn read_last_sweep(&mut self, app: &App) {
        self.last_sweep = app.last_sweep(None).await.ok().flatten();
    }
}
