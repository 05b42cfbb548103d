//! Refusals that the same call, signed again, may overcome: another time, other keys, the older version.

use super::{
    endpoint::Stamp,
    remote::Remote,
    signing::{Scheme, policy::SigningPolicy, v1_buckets},
};
use crate::{
    credentials::signing_keys::SigningKeys,
    error::{Error, ErrorKind},
};
use ::error::RetryAdvice;
use std::{sync::Arc, time::SystemTime};

/// A request that failed, and how it had been signed.
pub(super) struct Refused {
    pub(super) error: Error,
    pub(super) keys: Option<Arc<SigningKeys>>,
    pub(super) stamp: Option<Stamp>,
    /// The store's clock.
    pub(super) server_time: Option<SystemTime>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, keys: None, stamp: None, server_time: None }
    }
}

/// What was done for one call; each is done once.
#[derive(Default)]
pub(super) struct Attempted {
    clock: bool,
    keys: bool,
}

impl Remote {
    /// Does what may let the call succeed when it is signed again, and returns its error.
    ///
    /// # Errors
    /// The error of the call, where nothing can be done here.
    pub(super) async fn prepare_resend(
        &self,
        refused: Refused,
        scheme: &mut Scheme,
        attempted: &mut Attempted,
    ) -> Result<Error, Error> {
        let Refused { error, keys, stamp, server_time } = refused;
        match error.kind() {
            ErrorKind::SignatureVersionRefused
                if matches!(self.signing, SigningPolicy::UntilRefused(_)) && *scheme != Scheme::OssV1 =>
            {
                v1_buckets::insert(&self.address.identity);
                *scheme = Scheme::OssV1;
                Ok(error)
            }
            ErrorKind::ClockSkewed => {
                let helps = stamp.is_some_and(|stamp| self.endpoint.note_refused(stamp, server_time));
                let first = !std::mem::replace(&mut attempted.clock, true);
                if helps && first { Ok(error) } else { Err(error.exhausted()) }
            }
            ErrorKind::CredentialExpired => {
                let first = !std::mem::replace(&mut attempted.keys, true);
                if let Some(used) = keys.filter(|_| first)
                    && self.credentials.renew(&used).await?
                {
                    return Ok(error);
                }
                let error = error.with_advice(RetryAdvice::Permanent);
                Err(error.with_context("renew", self.credentials.describe_origin()))
            }
            _ => Err(error),
        }
    }
}
