//! What a process knows of an account's tokens, so that not every call reads the ledger.

use crate::ledger::{Refresh, TokenPair, Tokens};
use secrecy::SecretString;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// How soon the ledger is read again where another process renews a token that still lives.
const SOON: Duration = Duration::from_secs(10);
/// The same where nothing but a person, or a claimer that was long frozen, brings a new pair.
const LATER: Duration = Duration::from_secs(600);

/// An access token as it is used.
pub(super) struct Token {
    pub(super) number: u32,
    pub(super) secret: SecretString,
    /// Renewed for this very call.
    pub(super) fresh: bool,
}

/// All that is known.
pub(super) struct TokenCache {
    /// The settings' own tokens.
    first: (SecretString, SecretString),
    /// The newest pair of the ledger.
    pair: Option<TokenPair>,
    /// The ledger was read.
    looked: bool,
    /// When it is to be read again.
    look: Option<Moment>,
    /// Youku refused the token of this number; 0: the settings' own.
    refused: Option<u32>,
    /// The pair's life was over when the ledger was read.
    ended: bool,
    /// Why it cannot be renewed.
    stuck: Option<&'static str>,
    /// A pair that could not be written into the ledger yet.
    unkept: Option<TokenPair>,
    /// A pair that this process obtained and that has served no call yet.
    unproved: Option<u32>,
}

/// By both clocks of the machine: one stands still while it is frozen, the other may be set.
type Moment = (Instant, SystemTime);

fn after(time: Duration) -> Option<Moment> {
    Some((Instant::now().checked_add(time)?, SystemTime::now().checked_add(time)?))
}

impl TokenCache {
    pub(super) fn new(access_token: SecretString, refresh_token: SecretString) -> Self {
        Self {
            first: (access_token, refresh_token),
            pair: None,
            looked: false,
            look: None,
            refused: None,
            ended: false,
            stuck: None,
            unkept: None,
            unproved: None,
        }
    }

    /// The token in use.
    pub(super) fn token(&self, fresh: bool) -> Token {
        let secret = self.pair.as_ref().map_or(&self.first.0, |pair| &pair.access_token);
        Token { number: self.number(), secret: secret.clone(), fresh }
    }

    /// The token in use, once the ledger was read.
    pub(super) fn in_use(&self) -> Option<SecretString> {
        self.looked.then(|| self.token(false).secret)
    }

    /// What renews it.
    pub(super) fn refresh_token(&self) -> SecretString {
        self.pair.as_ref().map_or(&self.first.1, |pair| &pair.refresh_token).clone()
    }

    /// The token in use, or why there is none; `None` where the ledger must be read first.
    pub(super) fn usable(&self) -> Option<Result<Token, &'static str>> {
        if !self.looked || self.is_reread_due() || self.unkept.is_some() {
            return None;
        }
        match self.ended_reason() {
            Some(why) => Some(Err(why)),
            None => self.unexpired().map(Ok),
        }
    }

    /// The token in use if it is good, as far as is known.
    pub(super) fn unexpired(&self) -> Option<Token> {
        (self.looked && !self.is_refused()).then(|| self.token(false))
    }

    pub(super) fn is_refused(&self) -> bool {
        self.ended || self.refused == Some(self.number())
    }

    /// Why no call can be made, where none can.
    pub(super) fn ended_reason(&self) -> Option<&'static str> {
        self.stuck.filter(|_| self.is_refused())
    }

    /// Whether the ledger may tell more than is known about whether calls can be made.
    pub(super) fn needs_reread(&self) -> bool {
        !self.looked || (self.stuck.is_some() && self.is_reread_due())
    }

    fn is_reread_due(&self) -> bool {
        self.look.is_some_and(|(at, by_wall)| Instant::now() >= at || SystemTime::now() >= by_wall)
    }

    /// Takes over what the ledger says.
    pub(super) fn adopt(&mut self, tokens: &Tokens) {
        if let Some(pair) = tokens.pair.as_ref().filter(|pair| pair.number > self.number()) {
            self.pair = Some(pair.clone());
        }
        self.looked = true;
        self.stuck = match tokens.refresh {
            Some(Refresh::Lost { .. }) => Some("the answer to its last refresh was lost"),
            Some(Refresh::Refused { .. }) => Some("its refresh token is used up or invalid"),
            _ => None,
        };
        let pair = self.pair.as_ref().zip(tokens.now);
        self.ended = pair.is_some_and(|(pair, now)| pair.remaining(now) == Some(Duration::ZERO));
        let until_due = pair.and_then(|(pair, now)| pair.until_due(now));
        let pause = match (tokens.refresh, tokens.now) {
            (Some(Refresh::Lost { .. } | Refresh::Refused { .. }), _) => Some(LATER),
            (Some(Refresh::Asked { .. }), _) => until_due.map(|until| until.max(SOON)),
            (Some(Refresh::Withdrawn { until, .. }), Some(now)) => {
                until_due.map(|due| due.max(until.duration_since(now).unwrap_or_default()))
            }
            _ => until_due,
        };
        self.look = pause.and_then(after);
    }

    /// Youku refused this token. Whether a newer one is in use already.
    pub(super) fn refuse(&mut self, number: u32) -> bool {
        self.refused = self.refused.max(Some(number));
        self.number() > number
    }

    /// A pair that this process obtained.
    pub(super) fn store_new(&mut self, pair: TokenPair) {
        self.unproved = Some(pair.number);
        self.unkept = Some(pair);
    }

    pub(super) fn unsaved(&self) -> Option<TokenPair> {
        self.unkept.clone()
    }

    /// The pair that this process obtained is in the ledger.
    pub(super) fn mark_saved(&mut self, pair: &TokenPair) {
        self.unkept = None;
        let mut tokens = Tokens::default();
        (tokens.pair, tokens.now) = (Some(pair.clone()), Some(pair.obtained));
        self.adopt(&tokens);
    }

    /// Whether a call with this token is the first of a pair that this process obtained.
    pub(super) fn confirm(&mut self, number: u32) -> bool {
        self.unproved.take_if(|unproved| *unproved == number).is_some()
    }

    fn number(&self) -> u32 {
        self.pair.as_ref().map_or(0, |pair| pair.number)
    }
}
