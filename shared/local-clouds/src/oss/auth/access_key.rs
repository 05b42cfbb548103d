//! Access keys and what they may reach.

use std::fmt;
use std::time::SystemTime;

use crate::oss::auth::policy::Policy;

/// A permanent or temporary access key.
#[derive(Clone)]
pub struct AccessKey {
    /// The public half.
    pub id: String,
    /// The secret half.
    pub secret: String,
    /// The security token that must come with a temporary key.
    pub token: Option<String>,
    /// The key is stale from this time on.
    pub expires: Option<SystemTime>,
    /// Limits the key to some objects of one bucket, as Youku's keys are limited.
    pub grants: Option<Grant>,
    /// Limits the key as a RAM policy does; absent = no limit.
    pub policy: Option<Policy>,
}

/// The objects a temporary key may access: one bucket under one prefix, and no bucket operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The bucket.
    pub bucket: String,
    /// Object keys must begin with this.
    pub key_prefix: String,
    /// Objects may be written in parts alone, not with PutObject.
    pub parts_only: bool,
}

impl AccessKey {
    /// Creates a key without token and expiry.
    pub fn permanent(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: secret.into(), token: None, expires: None, grants: None, policy: None }
    }

    /// Creates a key with a token and an expiry.
    pub fn temporary(
        id: impl Into<String>,
        secret: impl Into<String>,
        token: impl Into<String>,
        expires: SystemTime,
    ) -> Self {
        Self { token: Some(token.into()), expires: Some(expires), ..Self::permanent(id, secret) }
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("id", &self.id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}
