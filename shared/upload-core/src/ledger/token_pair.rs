//! What the ledger knows of an account's tokens.

use crate::ErrorKind;
use secrecy::SecretString;
use std::time::{Duration, SystemTime};

/// An access token that a refresh returned, and the refresh token that came with it.
#[derive(Debug, Clone)]
pub struct TokenPair {
    /// Number of the claim that brought it, from 1 on.
    pub number: u32,
    /// Authorizes every API call of the account.
    pub access_token: SecretString,
    /// Good for one refresh.
    pub refresh_token: SecretString,
    /// Start of its life, by the store's clock: never too late.
    pub obtained: SystemTime,
    /// Lifetime of the access token; zero if Youku does not state it.
    pub life: Duration,
}

impl TokenPair {
    /// When the access token expires, by the store's clock; `None` if Youku did not state its lifetime.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.obtained.checked_add(self.life).filter(|_| !self.life.is_zero())
    }

    /// How much of its life is left, if known.
    #[must_use]
    pub fn remaining(&self, now: SystemTime) -> Option<Duration> {
        self.expires_at().map(|expiry| expiry.duration_since(now).unwrap_or_default())
    }

    /// Time until a quarter of its life is left, if known.
    #[must_use]
    pub fn until_due(&self, now: SystemTime) -> Option<Duration> {
        self.remaining(now).map(|remaining| remaining.saturating_sub(self.life / 4))
    }
}

/// The state of the newest refresh that brought no pair, or none yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshState {
    /// Its response is pending.
    InFlight {
        /// When it was claimed.
        since: SystemTime,
    },
    /// Youku did not process it: another may begin.
    Withdrawn {
        /// Earliest time of another refresh.
        until: SystemTime,
        /// The kind of error that prevented it.
        kind: ErrorKind,
    },
    /// Its response was lost, or its claimer died: nobody knows whether the refresh token was spent.
    Lost {
        /// When that was recorded.
        since: SystemTime,
    },
    /// Youku refuses the refresh token.
    Refused {
        /// When that was recorded.
        since: SystemTime,
    },
}

/// All that the ledger knows of a token chain.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// The newest pair; `None`: the pair of the settings applies.
    pub pair: Option<TokenPair>,
    /// The newest refresh, if it began after that pair was saved.
    pub refresh: Option<RefreshState>,
    /// The store's clock; `None` if there is no entry to read it from.
    pub now: Option<SystemTime>,
    /// The number of the newest claim.
    pub(super) newest: u32,
}
