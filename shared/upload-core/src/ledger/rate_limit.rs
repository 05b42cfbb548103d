//! Clients whose calls Youku refuses for now. The refusal of one upload's call spares all others theirs, and
//! those of every account of the client, since Youku counts by client.

use super::{
    Ledger, Timestamp, WaitReason,
    codec::{VERSION, decode, encode},
    errors::waiting_error,
    keys,
    store::Access,
};
use crate::{Error, ErrorKind, RetryAdvice};
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateLimit {
    pub(super) v: u32,
    /// End of the limit, by the store's clock.
    pub(super) until: Timestamp,
    /// Refusals in a row, each met soon after the end of the limit before it.
    #[serde(default)]
    pub(super) refusals: u32,
}

/// The least time from a first refusal to the next call; each further one in a row doubles it. Youku counts by the hour: a call that asks
/// whether it takes calls again costs an upload's attempt, and time that passes unused is made up for within the hour.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
/// A refusal within this time after a limit's end is the next in a row: a sweep's interval, which ends with the first call after the limit.
/// Calls that are refused later, after others were accepted, begin anew.
const IN_A_ROW: Duration = Duration::from_secs(360);
const LONGEST_PAUSE: Duration = Duration::from_secs(900);

impl Ledger {
    /// Forbids calls of Youku as `client`, which refused one, before a time by the store's clock; for longer the more often it has refused
    /// them in a row.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn limit_calls(&self, client: &str, until: Timestamp) -> Result<(), Error> {
        write(&self.access, client, until).await
    }

    /// Where Youku has just refused a call of `client` as one too many, spares all others theirs, for as long as it states. Returns what was
    /// passed: an answer of Youku's, not that of [`ensure_calls_allowed`](Self::ensure_calls_allowed), which is on record.
    pub(crate) async fn spare_calls<T>(&self, client: &str, asked: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &asked {
            self.note_refusal(client, error).await;
        }
        asked
    }

    /// As [`spare_calls`](Self::spare_calls), of an error of Youku's.
    pub(crate) async fn note_refusal(&self, client: &str, error: &Error) {
        if error.kind() != ErrorKind::RateLimited {
            return;
        }
        let pause = match error.advice() {
            RetryAdvice::Retry { retry_after: Some(pause) } => pause,
            _ => FIRST_PAUSE,
        };
        let noting = async {
            let until = self.times().await?.now + pause;
            self.limit_calls(client, until.into()).await
        };
        if let Err(unwritten) = noting.await {
            tracing::warn!(error = ?unwritten, "could not spare the account's other calls the refusal");
        }
    }

    /// Checks that Youku may be called as `client`.
    ///
    /// # Errors
    /// [`RateLimited`](crate::ErrorKind::RateLimited) with the rest of the limit as `retry_after`; as
    /// [`read`](Self::read).
    pub(crate) async fn ensure_calls_allowed(&self, client: &str) -> Result<(), Error> {
        check(&self.access, client).await
    }
}

async fn write(access: &Access, client: &str, until: Timestamp) -> Result<(), Error> {
    let key = keys::rate_limit(client);
    let found = access.read(&key).await?;
    // What cannot be read says nothing: it is replaced.
    let known = found.and_then(|found| Some((decode::<RateLimit>(&key, &found.bytes).ok()?, found.now)));
    let (refusals, least) = match known {
        None => (1, until),
        Some((known, now)) => {
            let refusals = match now.duration_since(known.until.get()) {
                // Uploads that ran at once were refused together.
                Err(_) => known.refusals,
                Ok(since) if since <= IN_A_ROW => known.refusals.saturating_add(1),
                Ok(_) => 1,
            };
            (refusals, (now + pause_after(refusals)).into())
        }
    };
    let bytes = encode(&RateLimit { v: VERSION, until: until.max(least), refusals })?;
    access.write(&key, bytes).await.map(drop)
}

fn pause_after(refusals: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(refusals.saturating_sub(1));
    FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE)
}

async fn check(access: &Access, client: &str) -> Result<(), Error> {
    let key = keys::rate_limit(client);
    let Some(found) = access.read(&key).await? else { return Ok(()) };
    let limit: RateLimit = decode(&key, &found.bytes)?;
    match limit.until.get().duration_since(found.now) {
        Ok(remaining) if !remaining.is_zero() => Err(waiting_error(WaitReason::RateLimited, Some(remaining))),
        _ => Ok(()),
    }
}
