//! Accounts whose calls Youku refuses for now: the refusal of one upload's call spares all others theirs.

use super::{
    Ledger, Time, WaitReason,
    codec::{VERSION, decode, encode},
    errors::waiting,
    keys,
    store::Access,
};
use crate::Error;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pause {
    pub(super) v: u32,
    /// By the store's clock.
    pub(super) until: Time,
}

impl Ledger {
    /// Lets nobody call Youku for `account` before a time by the store's clock.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn pause(&self, account: &str, until: Time) -> Result<(), Error> {
        write(&self.access, account, until).await
    }

    /// Makes sure that Youku may be called for `account`.
    ///
    /// # Errors
    /// [`RateLimited`](crate::ErrorKind::RateLimited) with the rest of the pause as not-before; as [`read`](Self::read).
    pub(crate) async fn may_call(&self, account: &str) -> Result<(), Error> {
        check(&self.access, account).await
    }
}

async fn write(access: &Access, account: &str, until: Time) -> Result<(), Error> {
    let bytes = encode(&Pause { v: VERSION, until })?;
    access.write(&keys::pause(account), bytes).await.map(drop)
}

async fn check(access: &Access, account: &str) -> Result<(), Error> {
    let key = keys::pause(account);
    let Some(found) = access.read(&key).await? else { return Ok(()) };
    let pause: Pause = decode(&key, &found.bytes)?;
    match pause.until.get().duration_since(found.now) {
        Ok(rest) if !rest.is_zero() => Err(waiting(WaitReason::RateLimited, Some(rest))),
        _ => Ok(()),
    }
}
