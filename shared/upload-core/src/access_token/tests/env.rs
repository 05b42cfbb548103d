//! Processes that share one account's tokens through a ledger in memory.

use super::authority::Authority;
use crate::{
    Error,
    access_token::{AccessTokens, TokenState},
    ledger::{
        Ledger, LedgerSettings,
        tests::memory::{MemoryStore, TestSeal},
    },
    tests::{clock::machine_clock, crash_points::CrashPoints},
};
use std::sync::Arc;

pub(super) struct World {
    pub(super) store: MemoryStore,
    pub(super) authority: Authority,
    pub(super) crash_points: CrashPoints,
}

impl World {
    pub(super) fn new() -> Self {
        let crash_points = CrashPoints::default();
        Self::with_store(MemoryStore::with(crash_points.clone()), crash_points)
    }

    /// A world whose store is slow and fails now and then.
    pub(super) fn chaotic(seed: u64) -> Self {
        Self::with_store(MemoryStore::chaotic(seed), CrashPoints::default())
    }

    fn with_store(store: MemoryStore, crash_points: CrashPoints) -> Self {
        Self { store, authority: Authority::new(crash_points.clone()), crash_points }
    }

    pub(super) fn ledger(&self) -> Ledger {
        Ledger::new(
            Arc::new(self.store.clone()),
            Arc::new(TestSeal),
            LedgerSettings::default(),
            machine_clock(),
        )
    }

    pub(super) async fn call(&self, process: &AccessTokens) -> Result<u32, Error> {
        process.call(&self.ledger(), |token| self.authority.call(token)).await
    }

    /// So many processes whose settings hold the first pair.
    pub(super) fn processes(&self, count: usize) -> Vec<AccessTokens> {
        (0..count).map(|_| self.authority.process(0)).collect()
    }

    pub(super) fn refreshes(&self) -> u32 {
        self.authority.tokens().refreshes
    }

    pub(super) async fn state(&self, process: &AccessTokens) -> TokenState {
        TokenState::from_tokens(&self.ledger().tokens(process.chain()).await.expect("readable"))
    }
}
