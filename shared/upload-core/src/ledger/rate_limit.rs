//! Clients whose calls Youku refuses for now: the refusal of one upload's call spares all others theirs, and those of every account of the
//! client, since Youku counts by it.

use super::{
    Ledger, Timestamp, WaitReason,
    codec::{VERSION, decode, encode},
    errors::waiting,
    keys,
    store::Access,
};
use crate::Error;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateLimit {
    pub(super) v: u32,
    /// By the store's clock.
    pub(super) until: Timestamp,
}

impl Ledger {
    /// Lets nobody call Youku as `client` before a time by the store's clock.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn limit_calls(&self, client: &str, until: Timestamp) -> Result<(), Error> {
        write(&self.access, client, until).await
    }

    /// Makes sure that Youku may be called as `client`.
    ///
    /// # Errors
    /// [`RateLimited`](crate::ErrorKind::RateLimited) with the rest of the pause as not-before; as [`read`](Self::read).
    pub(crate) async fn ensure_calls_allowed(&self, client: &str) -> Result<(), Error> {
        check(&self.access, client).await
    }
}

async fn write(access: &Access, client: &str, until: Timestamp) -> Result<(), Error> {
    let bytes = encode(&RateLimit { v: VERSION, until })?;
    access.write(&keys::pause(client), bytes).await.map(drop)
}

async fn check(access: &Access, client: &str) -> Result<(), Error> {
    let key = keys::pause(client);
    let Some(found) = access.read(&key).await? else { return Ok(()) };
    let pause: RateLimit = decode(&key, &found.bytes)?;
    match pause.until.get().duration_since(found.now) {
        Ok(rest) if !rest.is_zero() => Err(waiting(WaitReason::RateLimited, Some(rest))),
        _ => Ok(()),
    }
}
