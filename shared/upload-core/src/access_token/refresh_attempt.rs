//! One attempt to refresh an access token.

use super::{
    cache::Token,
    refresher::RefreshError,
    shared::{OPERATION, Shared, reauthorize_error},
    under_way,
};
use crate::{
    Error, ErrorKind, RetryAdvice,
    ledger::{Ledger, RefreshClaim, RefreshEnd, RefreshState, TokenOrigin, Tokens},
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout};

/// Time limit for Youku's response to a refresh. Far below the time after which a claim counts as lost.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(45);
/// How long a call whose token is refused waits for another process's refresh, and how often it polls.
const MAX_WAIT: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Pause after a refresh that did not reach Youku, before anybody retries.
const RETRY_PAUSE: Duration = Duration::from_secs(10);

pub(super) struct RefreshAttempt {
    pub(super) shared: Arc<Shared>,
    pub(super) ledger: Ledger,
}

enum NextAction {
    Use,
    Wait,
    Refresh,
    Fail(Error),
}

enum RefreshResult {
    Renewed,
    /// Youku certainly did not process the refresh.
    NotProcessed(Error),
    /// The token cannot be refreshed any more.
    Blocked,
}

impl RefreshAttempt {
    /// Returns the token to use: the one in use if it is still valid, another process's, or a refreshed one.
    pub(super) async fn run(&self) -> Result<Token, Error> {
        let started = Instant::now();
        // Why Youku did not process this attempt's refresh.
        let mut last_error = None;
        loop {
            let under_way = under_way::begin().await;
            self.save_pending_pair().await?;
            let tokens = self.ledger.tokens(&self.shared.chain).await?;
            self.shared.cache().adopt(&tokens);
            match self.decide_next(&tokens) {
                NextAction::Use => return Ok(self.shared.cache().token(false)),
                NextAction::Fail(error) => return Err(last_error.unwrap_or(error)),
                NextAction::Wait if started.elapsed() >= MAX_WAIT => return Err(refresh_in_progress_error()),
                NextAction::Wait => {
                    drop(under_way);
                    sleep(POLL_INTERVAL).await;
                }
                NextAction::Refresh => {
                    self.record_replaced_tokens(&tokens).await?;
                    let Some(claim) = self.ledger.claim_refresh(&self.shared.chain, &tokens).await? else {
                        continue;
                    };
                    match self.send_refresh(&claim).await? {
                        RefreshResult::Renewed => return Ok(self.shared.cache().token(true)),
                        RefreshResult::NotProcessed(error) => last_error = Some(error),
                        RefreshResult::Blocked => {}
                    }
                }
            }
        }
    }

    fn decide_next(&self, tokens: &Tokens) -> NextAction {
        let cache = self.shared.cache();
        let refused = cache.is_refused();
        let due = tokens.pair.as_ref().zip(tokens.now);
        let due = due.is_some_and(|(pair, now)| pair.until_due(now) == Some(Duration::ZERO));
        if !refused && !due {
            return NextAction::Use;
        }
        let pause = match (tokens.refresh, tokens.now) {
            (None, _) => return NextAction::Refresh,
            (Some(RefreshState::Withdrawn { until, kind }), Some(now)) => match until.duration_since(now) {
                Ok(remaining) if !remaining.is_zero() => {
                    NextAction::Fail(refresh_postponed_error(kind, remaining))
                }
                _ => return NextAction::Refresh,
            },
            (Some(RefreshState::Lost { .. } | RefreshState::Refused { .. }), _) => {
                NextAction::Fail(reauthorize_error(
                    &self.shared.chain,
                    cache.unusable_reason().unwrap_or("it cannot be refreshed"),
                ))
            }
            (Some(_), _) => NextAction::Wait,
        };
        if refused { pause } else { NextAction::Use }
    }

    /// Sends the refresh to Youku and records its result.
    async fn send_refresh(&self, claim: &RefreshClaim) -> Result<RefreshResult, Error> {
        let (chain, refresh_token) = (&self.shared.chain, self.shared.cache().refresh_token());
        let account = chain.account();
        let response = timeout(REFRESH_TIMEOUT, self.shared.refresher.refresh(&refresh_token)).await;
        let (end, result) = match response {
            Ok(Ok(fresh)) => {
                tracing::info!(account, life_seconds = fresh.life.as_secs(), "renewed the access token");
                let pair = claim.pair(fresh.access_token, fresh.refresh_token, fresh.life);
                self.shared.cache().store_new(pair);
                self.save_pending_pair().await?;
                return Ok(RefreshResult::Renewed);
            }
            Ok(Err(RefreshError::NotProcessed(error))) => {
                tracing::warn!(account, ?error, "could not renew the access token: it will be retried");
                let delay = match error.advice() {
                    RetryAdvice::Retry { retry_after } => retry_after.unwrap_or(RETRY_PAUSE),
                    _ => RETRY_PAUSE,
                };
                let pause = delay.max(RETRY_PAUSE).as_secs();
                (
                    RefreshEnd::Withdrawn { pause, code: error.kind().code().into() },
                    RefreshResult::NotProcessed(error),
                )
            }
            Ok(Err(RefreshError::Refused(error))) => {
                tracing::error!(
                    account,
                    ?error,
                    "Youku refuses the refresh token: put new tokens into the settings"
                );
                (RefreshEnd::Refused, RefreshResult::Blocked)
            }
            Ok(Err(RefreshError::Unknown(error))) => {
                tracing::error!(
                    account,
                    ?error,
                    "the answer to a refresh was lost: put new tokens into the settings"
                );
                (RefreshEnd::Lost, RefreshResult::Blocked)
            }
            Err(_) => {
                tracing::error!(account, "Youku did not answer a refresh: put new tokens into the settings");
                (RefreshEnd::Lost, RefreshResult::Blocked)
            }
        };
        self.ledger.end_refresh(chain, claim, end).await?;
        Ok(result)
    }

    /// Records the account's ownership of the tokens that go out of use: clients keep showing them for years.
    async fn record_replaced_tokens(&self, tokens: &Tokens) -> Result<(), Error> {
        let (access, refresh) = {
            let cache = self.shared.cache();
            (cache.token(false).secret, cache.refresh_token())
        };
        let origin = if tokens.pair.is_some() { TokenOrigin::Renewal } else { TokenOrigin::Settings };
        self.ledger.record_origins(self.shared.chain.account(), &[&access, &refresh], origin).await
    }

    /// Saves the pair that this process obtained, retrying for as long as it takes: no other process has it.
    async fn save_pending_pair(&self) -> Result<(), Error> {
        let Some(pair) = self.shared.cache().unsaved_pair() else { return Ok(()) };
        self.ledger.save_pair(&self.shared.chain, &pair).await?;
        self.shared.cache().mark_saved(&pair);
        let (account, both) = (self.shared.chain.account(), [&pair.access_token, &pair.refresh_token]);
        // If this fails, the next refresh records it.
        if let Err(error) = self.ledger.record_origins(account, &both, TokenOrigin::Renewal).await {
            tracing::warn!(account, ?error, "could not record the origin of the new token");
        }
        Ok(())
    }
}

fn refresh_in_progress_error() -> Error {
    let message = "another process has been renewing the access token for a while";
    Error::new(ErrorKind::InProgress, OPERATION, message)
        .with_advice(RetryAdvice::Retry { retry_after: Some(POLL_INTERVAL) })
}

fn refresh_postponed_error(kind: ErrorKind, remaining: Duration) -> Error {
    let message = "Youku did not process the last refresh of the access token: it is retried later";
    Error::new(kind, OPERATION, message).with_advice(RetryAdvice::Retry { retry_after: Some(remaining) })
}
