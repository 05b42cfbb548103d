//! The authority that issues tokens, in memory.

use crate::{
    Error, ErrorKind, RetryAdvice,
    access_token::{AccessTokens, CallError, FreshTokens, RefreshError, Refresher},
    tests::{clock::machine_clock, crash_points::CrashPoints},
};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// What happens to a refresh.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AskFault {
    /// It is done, and the answer lost.
    LoseAnswer,
    /// It is done, and nothing answered.
    Hang,
    /// It does not arrive.
    Unreached,
    /// It is refused for the rate.
    TooMany(Duration),
}

#[derive(Default)]
pub(crate) struct Tokens {
    /// The newest pair; its tokens are `access-N` and `refresh-N`.
    pub(crate) newest: u32,
    /// Access tokens that are good.
    pub(crate) good: BTreeSet<u32>,
    /// A refresh ends the access tokens before it.
    pub(crate) revokes: bool,
    pub(crate) life: Duration,
    pub(crate) faults: VecDeque<AskFault>,
    pub(crate) refreshes: u32,
    pub(crate) refused: u32,
    /// Ends the token of the call after this many.
    pub(crate) expire_after: Option<u32>,
}

/// Youku's tokens for one account.
#[derive(Clone, Default)]
pub(crate) struct Authority {
    tokens: Arc<Mutex<Tokens>>,
    crash_points: CrashPoints,
}

fn number(token: &SecretString) -> u32 {
    let (_, number) = token.expose_secret().rsplit_once('-').expect("one of ours");
    number.parse().expect("a number")
}

impl Authority {
    pub(crate) fn new(crash_points: CrashPoints) -> Self {
        let tokens = Tokens { good: [0].into(), life: 100 * HOUR, ..Tokens::default() };
        Self { tokens: Arc::new(Mutex::new(tokens)), crash_points }
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().expect("no test panics while holding it")
    }

    /// Every access token ends.
    pub(crate) fn expire(&self) {
        self.tokens().good.clear();
    }

    /// A process of an account whose settings hold the pair `first`.
    pub(crate) fn process(&self, first: u32) -> AccessTokens {
        let (access, refresh) = (format!("access-{first}"), format!("refresh-{first}"));
        AccessTokens::new("ma/in", access.into(), refresh.into(), Arc::new(self.clone()), machine_clock())
            .expect("tokens")
    }

    /// A call with an access token. Returns its number.
    pub(crate) async fn call(&self, token: SecretString) -> Result<u32, CallError> {
        self.crash_points.pass("call").await;
        let mut tokens = self.tokens();
        if let Some(left) = &mut tokens.expire_after {
            *left = left.wrapping_sub(1);
            if *left == u32::MAX {
                (tokens.expire_after, tokens.good) = (None, BTreeSet::new());
            }
        }
        if tokens.good.contains(&number(&token)) {
            return Ok(number(&token));
        }
        tokens.refused += 1;
        Err(CallError::TokenRefused(Error::new(ErrorKind::Unauthorized, "call", "the token is expired")))
    }

    fn renew(&self, refresh_token: &SecretString) -> Result<(FreshTokens, Option<AskFault>), RefreshError> {
        let mut tokens = self.tokens();
        tokens.refreshes += 1;
        let fault = tokens.faults.pop_front();
        let untouched = |kind, verdict| {
            RefreshError::NotProcessed(Error::new(kind, "refresh", "not dealt with").with_advice(verdict))
        };
        match fault {
            Some(AskFault::Unreached) => return Err(untouched(ErrorKind::Youku, RetryAdvice::RETRY)),
            Some(AskFault::TooMany(wait)) => {
                let verdict = RetryAdvice::Retry { retry_after: Some(wait) };
                return Err(untouched(ErrorKind::RateLimited, verdict));
            }
            _ => {}
        }
        if number(refresh_token) != tokens.newest {
            let used = Error::new(ErrorKind::Youku, "refresh", "the refresh token is used up");
            return Err(RefreshError::Refused(used));
        }
        tokens.newest += 1;
        let newest = tokens.newest;
        if tokens.revokes {
            tokens.good.clear();
        }
        tokens.good.insert(newest);
        let fresh = FreshTokens {
            access_token: format!("access-{newest}").into(),
            refresh_token: format!("refresh-{newest}").into(),
            life: tokens.life,
        };
        Ok((fresh, fault))
    }
}

#[async_trait]
impl Refresher for Authority {
    async fn refresh(&self, refresh_token: &SecretString) -> Result<FreshTokens, RefreshError> {
        self.crash_points.pass("refresh").await;
        let (fresh, fault) = self.renew(refresh_token)?;
        self.crash_points.pass("answer").await;
        match fault {
            Some(AskFault::Hang) => std::future::pending().await,
            Some(AskFault::LoseAnswer) => {
                Err(RefreshError::Unknown(Error::new(ErrorKind::Youku, "refresh", "reset").retryable()))
            }
            _ => Ok(fresh),
        }
    }
}
