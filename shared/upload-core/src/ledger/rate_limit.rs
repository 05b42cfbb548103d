//! Clients whose calls Youku refuses for now. The refusal of one upload's call spares all others theirs, and
//! those of every account of the client, since Youku counts by client.

use super::{
    Ledger, Timestamp, WaitReason,
    codec::{VERSION, decode, encode},
    errors::waiting_error,
    keys,
    store::Access,
};
use crate::Error;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateLimit {
    pub(super) v: u32,
    /// End of the limit, by the store's clock.
    pub(super) until: Timestamp,
}

impl Ledger {
    /// Forbids calls of Youku as `client` before a time by the store's clock.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn limit_calls(&self, client: &str, until: Timestamp) -> Result<(), Error> {
        write(&self.access, client, until).await
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
    let bytes = encode(&RateLimit { v: VERSION, until })?;
    access.write(&keys::rate_limit(client), bytes).await.map(drop)
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
