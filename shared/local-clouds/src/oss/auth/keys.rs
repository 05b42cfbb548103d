//! The access keys the server knows.

use super::policy::Policy;
use std::collections::HashMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

/// A permanent or temporary access key.
#[derive(Clone)]
pub struct AccessKey {
    /// The public half.
    pub id: String,
    /// The secret half.
    pub secret: String,
    /// The security token that must come with a temporary key.
    pub token: Option<String>,
    /// From then on the key is stale.
    pub expires: Option<SystemTime>,
    /// Limits the key to some keys of one bucket, as Youku's are.
    pub grants: Option<Grant>,
    /// Limits the key as a RAM policy does; absent = it may do everything.
    pub policy: Option<Policy>,
}

/// What a temporary key may touch: objects of one bucket under one prefix, and no bucket operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The bucket.
    pub bucket: String,
    /// Object keys must begin with this.
    pub key_prefix: String,
}

impl AccessKey {
    /// A key without token and end.
    pub fn permanent(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: secret.into(), token: None, expires: None, grants: None, policy: None }
    }

    /// A key with a token that ends.
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

#[derive(Debug, Default)]
pub(in super::super) struct Keyring(RwLock<HashMap<String, AccessKey>>);

impl Keyring {
    pub(in super::super) fn add(&self, key: AccessKey) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key.id.clone(), key);
    }

    pub(in super::super) fn expire(&self, id: &str, now: SystemTime) {
        if let Some(key) = self.0.write().unwrap_or_else(PoisonError::into_inner).get_mut(id) {
            key.expires = Some(now);
        }
    }

    pub(super) fn get(&self, id: &str) -> Option<AccessKey> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    pub(super) fn knows_token(&self, token: &str) -> bool {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.values().any(|key| key.token.as_deref() == Some(token))
    }
}
