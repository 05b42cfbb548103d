//! One turn at renewing an access token.

use super::{
    cache::Token,
    refresher::RefreshFailed,
    shared::{OPERATION, Shared, reauthorize},
};
use crate::{
    Error, ErrorKind, RetryAdvice,
    ledger::{Ledger, Refresh, RefreshClaim, RefreshEnd, TokenOrigin, Tokens},
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout};

/// How long Youku may take to answer a refresh: far less than it takes a claim to count as lost.
const ASK: Duration = Duration::from_secs(45);
/// How long a call whose token is refused waits for another process's refresh, and how often it looks.
const WAIT: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_secs(1);
/// How long nobody tries again after a refresh that did not reach Youku.
const UNREACHED_PAUSE: Duration = Duration::from_secs(10);

pub(super) struct RefreshAttempt {
    pub(super) shared: Arc<Shared>,
    pub(super) ledger: Ledger,
}

enum Next {
    Use,
    Wait,
    Refresh,
    Fail(Error),
}

enum RefreshAnswer {
    Renewed,
    /// Youku did not deal with it.
    Untouched(Error),
    /// It cannot be renewed any more.
    Stuck,
}

impl RefreshAttempt {
    /// Answers the token to use: the one in use if it still lives, another process's, or a renewed one.
    pub(super) async fn run(&self) -> Result<Token, Error> {
        let begun = Instant::now();
        // What kept Youku from dealing with this turn's refresh.
        let mut failed = None;
        loop {
            self.keep().await?;
            let tokens = self.ledger.tokens(&self.shared.chain).await?;
            self.shared.cache().adopt(&tokens);
            match self.next(&tokens) {
                Next::Use => return Ok(self.shared.cache().token(false)),
                Next::Fail(error) => return Err(failed.unwrap_or(error)),
                Next::Wait if begun.elapsed() >= WAIT => return Err(refreshed_elsewhere()),
                Next::Wait => sleep(LOOK).await,
                Next::Refresh => {
                    self.note(&tokens).await?;
                    let Some(claim) = self.ledger.claim_refresh(&self.shared.chain, &tokens).await? else {
                        continue;
                    };
                    match self.ask(&claim).await? {
                        RefreshAnswer::Renewed => return Ok(self.shared.cache().token(true)),
                        RefreshAnswer::Untouched(error) => failed = Some(error),
                        RefreshAnswer::Stuck => {}
                    }
                }
            }
        }
    }

    fn next(&self, tokens: &Tokens) -> Next {
        let known = self.shared.cache();
        let refused = known.is_refused();
        let due = tokens.pair.as_ref().zip(tokens.now);
        let due = due.is_some_and(|(pair, now)| pair.until_due(now) == Some(Duration::ZERO));
        if !refused && !due {
            return Next::Use;
        }
        let pause = match (tokens.refresh, tokens.now) {
            (None, _) => return Next::Refresh,
            (Some(Refresh::Withdrawn { until, kind }), Some(now)) => match until.duration_since(now) {
                Ok(rest) if !rest.is_zero() => Next::Fail(claim_withdrawn(kind, rest)),
                _ => return Next::Refresh,
            },
            (Some(Refresh::Lost { .. } | Refresh::Refused { .. }), _) => Next::Fail(reauthorize(
                &self.shared.chain,
                known.ended_reason().unwrap_or("it cannot be renewed"),
            )),
            (Some(_), _) => Next::Wait,
        };
        if refused { pause } else { Next::Use }
    }

    /// Asks Youku and records what came of it.
    async fn ask(&self, claim: &RefreshClaim) -> Result<RefreshAnswer, Error> {
        let (lineage, refresh_token) = (&self.shared.chain, self.shared.cache().refresh_token());
        let account = lineage.account();
        let asked = timeout(ASK, self.shared.refresher.refresh(&refresh_token)).await;
        let (end, came) = match asked {
            Ok(Ok(fresh)) => {
                tracing::info!(account, life_seconds = fresh.life.as_secs(), "renewed the access token");
                let pair = claim.pair(fresh.access_token, fresh.refresh_token, fresh.life);
                self.shared.cache().store_new(pair);
                self.keep().await?;
                return Ok(RefreshAnswer::Renewed);
            }
            Ok(Err(RefreshFailed::Untouched(error))) => {
                tracing::warn!(account, ?error, "could not renew the access token: it will be tried again");
                let wish = match error.advice() {
                    RetryAdvice::Retry { retry_after: not_before } => not_before.unwrap_or(UNREACHED_PAUSE),
                    _ => UNREACHED_PAUSE,
                };
                let pause = wish.max(UNREACHED_PAUSE).as_secs();
                (
                    RefreshEnd::Withdrawn { pause, code: error.kind().code().into() },
                    RefreshAnswer::Untouched(error),
                )
            }
            Ok(Err(RefreshFailed::Refused(error))) => {
                tracing::error!(
                    account,
                    ?error,
                    "Youku does not take the refresh token: put new tokens into the settings"
                );
                (RefreshEnd::Refused, RefreshAnswer::Stuck)
            }
            Ok(Err(RefreshFailed::Unknown(error))) => {
                tracing::error!(
                    account,
                    ?error,
                    "the answer to a refresh was lost: put new tokens into the settings"
                );
                (RefreshEnd::Lost, RefreshAnswer::Stuck)
            }
            Err(_) => {
                tracing::error!(account, "Youku did not answer a refresh: put new tokens into the settings");
                (RefreshEnd::Lost, RefreshAnswer::Stuck)
            }
        };
        self.ledger.end_refresh(lineage, claim, end).await?;
        Ok(came)
    }

    /// Notes whose the tokens are that go out of use: clients show them for years.
    async fn note(&self, tokens: &Tokens) -> Result<(), Error> {
        let (access, refresh) = {
            let known = self.shared.cache();
            (known.token(false).secret, known.refresh_token())
        };
        let origin = if tokens.pair.is_some() { TokenOrigin::Renewal } else { TokenOrigin::Settings };
        self.ledger.record_origins(self.shared.chain.account(), &[&access, &refresh], origin).await
    }

    /// Writes the pair that this process obtained, as often as it takes: no other process has it.
    async fn keep(&self) -> Result<(), Error> {
        let Some(pair) = self.shared.cache().unsaved() else { return Ok(()) };
        self.ledger.save_pair(&self.shared.chain, &pair).await?;
        self.shared.cache().mark_saved(&pair);
        let (account, both) = (self.shared.chain.account(), [&pair.access_token, &pair.refresh_token]);
        // The next refresh notes it otherwise.
        if let Err(error) = self.ledger.record_origins(account, &both, TokenOrigin::Renewal).await {
            tracing::warn!(account, ?error, "could not note whose the renewed token is");
        }
        Ok(())
    }
}

fn refreshed_elsewhere() -> Error {
    let message = "another process has been renewing the access token for a while";
    Error::new(ErrorKind::InProgress, OPERATION, message)
        .with_advice(RetryAdvice::Retry { retry_after: Some(LOOK) })
}

fn claim_withdrawn(kind: ErrorKind, rest: Duration) -> Error {
    let message = "Youku did not take the last call to renew the access token: it is tried again later";
    Error::new(kind, OPERATION, message).with_advice(RetryAdvice::Retry { retry_after: Some(rest) })
}
