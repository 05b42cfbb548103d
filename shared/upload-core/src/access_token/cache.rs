//! Caches an account's tokens in the process, so that not every call reads the ledger.

use crate::{
    Clock,
    ledger::{RefreshState, TokenPair, Tokens},
};
use secrecy::SecretString;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

/// How soon to reread the ledger when another process is refreshing a token that is still valid.
const REREAD_SOON: Duration = Duration::from_secs(10);
/// How soon to reread it when only a person, or a claimer that was frozen for long, can bring a new pair.
const REREAD_LATER: Duration = Duration::from_secs(600);

/// An access token in use.
pub(super) struct Token {
    pub(super) number: u32,
    pub(super) secret: SecretString,
    /// It was refreshed for this very call.
    pub(super) fresh: bool,
}

/// What this process knows of an account's tokens.
pub(super) struct TokenCache {
    clock: Arc<dyn Clock>,
    /// Access and refresh token of the settings.
    configured: (SecretString, SecretString),
    /// The newest pair of the ledger.
    pair: Option<TokenPair>,
    /// Whether the ledger was read.
    loaded: bool,
    /// When to read it again.
    reread_at: Option<Moment>,
    /// Number of the token that Youku refused; 0: the one of the settings.
    refused: Option<u32>,
    /// Whether the pair had expired when the ledger was read.
    expired: bool,
    /// Why it cannot be refreshed.
    refresh_blocked: Option<&'static str>,
    /// A pair that could not be written to the ledger yet.
    unsaved: Option<TokenPair>,
    /// Number of a pair that this process obtained and that has served no call yet.
    unconfirmed: Option<u32>,
}

/// By both clocks of the machine: one stands still while it is frozen, the other may be set.
type Moment = (Instant, SystemTime);

impl TokenCache {
    pub(super) fn new(
        access_token: SecretString,
        refresh_token: SecretString,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            clock,
            configured: (access_token, refresh_token),
            pair: None,
            loaded: false,
            reread_at: None,
            refused: None,
            expired: false,
            refresh_blocked: None,
            unsaved: None,
            unconfirmed: None,
        }
    }

    /// The token in use.
    pub(super) fn token(&self, fresh: bool) -> Token {
        let secret = self.pair.as_ref().map_or(&self.configured.0, |pair| &pair.access_token);
        Token { number: self.number(), secret: secret.clone(), fresh }
    }

    /// The token in use, once the ledger was read.
    pub(super) fn loaded_token(&self) -> Option<SecretString> {
        self.loaded.then(|| self.token(false).secret)
    }

    /// The refresh token that belongs to it.
    pub(super) fn refresh_token(&self) -> SecretString {
        self.pair.as_ref().map_or(&self.configured.1, |pair| &pair.refresh_token).clone()
    }

    /// The token in use, or why there is none; `None` if the ledger must be read first.
    pub(super) fn usable_token(&self) -> Option<Result<Token, &'static str>> {
        if !self.loaded || self.is_reread_due() || self.unsaved.is_some() {
            return None;
        }
        match self.unusable_reason() {
            Some(why) => Some(Err(why)),
            None => self.unexpired_token().map(Ok),
        }
    }

    /// The token in use if it is valid as far as is known.
    pub(super) fn unexpired_token(&self) -> Option<Token> {
        (self.loaded && !self.is_refused()).then(|| self.token(false))
    }

    pub(super) fn is_refused(&self) -> bool {
        self.expired || self.refused == Some(self.number())
    }

    /// Why no call can be made; `None` if calls can be made.
    pub(super) fn unusable_reason(&self) -> Option<&'static str> {
        self.refresh_blocked.filter(|_| self.is_refused())
    }

    /// Whether the ledger may know more than the cache about whether calls can be made.
    pub(super) fn needs_reread(&self) -> bool {
        !self.loaded || (self.refresh_blocked.is_some() && self.is_reread_due())
    }

    fn is_reread_due(&self) -> bool {
        self.reread_at.is_some_and(|(at, by_wall)| Instant::now() >= at || self.clock.now() >= by_wall)
    }

    fn moment_after(&self, time: Duration) -> Option<Moment> {
        Some((Instant::now().checked_add(time)?, self.clock.now().checked_add(time)?))
    }

    /// Adopts what the ledger says.
    pub(super) fn adopt(&mut self, tokens: &Tokens) {
        if let Some(pair) = tokens.pair.as_ref().filter(|pair| pair.number > self.number()) {
            self.pair = Some(pair.clone());
        }
        self.loaded = true;
        self.refresh_blocked = match tokens.refresh {
            Some(RefreshState::Lost { .. }) => Some("the answer to its last refresh was lost"),
            Some(RefreshState::Refused { .. }) => Some("its refresh token is used up or invalid"),
            _ => None,
        };
        let pair = self.pair.as_ref().zip(tokens.now);
        self.expired = pair.is_some_and(|(pair, now)| pair.remaining(now) == Some(Duration::ZERO));
        let until_due = pair.and_then(|(pair, now)| pair.until_due(now));
        let pause = match (tokens.refresh, tokens.now) {
            (Some(RefreshState::Lost { .. } | RefreshState::Refused { .. }), _) => Some(REREAD_LATER),
            (Some(RefreshState::InFlight { .. }), _) => until_due.map(|until| until.max(REREAD_SOON)),
            (Some(RefreshState::Withdrawn { until, .. }), Some(now)) => {
                until_due.map(|due| due.max(until.duration_since(now).unwrap_or_default()))
            }
            _ => until_due,
        };
        self.reread_at = pause.and_then(|pause| self.moment_after(pause));
    }

    /// Records that Youku refused this token. Returns whether a newer one is in use already.
    pub(super) fn refuse(&mut self, number: u32) -> bool {
        self.refused = self.refused.max(Some(number));
        self.number() > number
    }

    /// Stores a pair that this process obtained and must still save.
    pub(super) fn store_new(&mut self, pair: TokenPair) {
        self.unconfirmed = Some(pair.number);
        self.unsaved = Some(pair);
    }

    pub(super) fn unsaved_pair(&self) -> Option<TokenPair> {
        self.unsaved.clone()
    }

    /// Records that the ledger holds the pair that this process obtained.
    pub(super) fn mark_saved(&mut self, pair: &TokenPair) {
        self.unsaved = None;
        let mut tokens = Tokens::default();
        (tokens.pair, tokens.now) = (Some(pair.clone()), Some(pair.obtained));
        self.adopt(&tokens);
    }

    /// Records that a call with this token succeeded. Returns whether that is the first use of a pair that this
    /// process obtained.
    pub(super) fn confirm(&mut self, number: u32) -> bool {
        self.unconfirmed.take_if(|unproved| *unproved == number).is_some()
    }

    fn number(&self) -> u32 {
        self.pair.as_ref().map_or(0, |pair| pair.number)
    }
}
