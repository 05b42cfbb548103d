//! Refusals that the same call, signed anew, may overcome: another time, other keys, the older version.

use std::sync::Arc;
use std::time::SystemTime;

use crate::config::SignatureVersion;
use crate::endpoint::Stamp;
use crate::exchange::Remote;
use crate::key_ring::Keys;
use crate::sign::{self, Scheme};
use crate::{Error, ErrorKind, Verdict};

/// A request that failed, and how it had been signed.
pub(crate) struct Refused {
    pub(crate) error: Error,
    pub(crate) keys: Option<Arc<Keys>>,
    pub(crate) stamp: Option<Stamp>,
    /// The store's clock.
    pub(crate) told: Option<SystemTime>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, keys: None, stamp: None, told: None }
    }
}

/// What one call has tried; each is tried once.
#[derive(Default)]
pub(crate) struct Tried {
    clock: bool,
    keys: bool,
}

impl Remote {
    /// Does what may let the call succeed when it is signed again, and gives its error back.
    ///
    /// # Errors
    /// The error of the call, where nothing can be done here.
    pub(crate) async fn cure(
        &self,
        refused: Refused,
        scheme: &mut Scheme,
        tried: &mut Tried,
    ) -> Result<Error, Error> {
        let Refused { error, keys, stamp, told } = refused;
        match error.kind() {
            ErrorKind::SignatureVersionRefused
                if self.signature == SignatureVersion::Auto && *scheme != Scheme::OssV1 =>
            {
                sign::remember_v1(&self.address.identity);
                *scheme = Scheme::OssV1;
                Ok(error)
            }
            ErrorKind::ClockSkewed => {
                let helps = stamp.is_some_and(|stamp| self.endpoint.refused(stamp, told));
                let first = !std::mem::replace(&mut tried.clock, true);
                if helps && first { Ok(error) } else { Err(error.with_verdict(Verdict::GaveUp)) }
            }
            ErrorKind::CredentialExpired => {
                let first = !std::mem::replace(&mut tried.keys, true);
                if let Some(used) = keys.filter(|_| first)
                    && self.keys.renew(&used).await?
                {
                    return Ok(error);
                }
                let error = error.with_verdict(Verdict::Permanent);
                Err(error.with_context("renew", self.keys.origin()))
            }
            _ => Err(error),
        }
    }
}
