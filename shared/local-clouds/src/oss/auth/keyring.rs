//! The access keys the server knows.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

use crate::oss::auth::access_key::AccessKey;

#[derive(Debug)]
pub(crate) struct Keyring {
    keys: RwLock<HashMap<String, AccessKey>>,
    /// The code that a key which is over is refused with.
    expired_code: RwLock<&'static str>,
}

impl Default for Keyring {
    fn default() -> Self {
        Self { keys: RwLock::default(), expired_code: RwLock::new("SecurityTokenExpired") }
    }
}

impl Keyring {
    pub(crate) fn add(&self, key: AccessKey) {
        self.keys.write().unwrap_or_else(PoisonError::into_inner).insert(key.id.clone(), key);
    }

    pub(crate) fn expire(&self, id: &str, now: SystemTime) {
        if let Some(key) = self.keys.write().unwrap_or_else(PoisonError::into_inner).get_mut(id) {
            key.expires = Some(now);
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<AccessKey> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Sets the code that keys which are over are refused with.
    pub(crate) fn set_expired_code(&self, code: &'static str) {
        *self.expired_code.write().unwrap_or_else(PoisonError::into_inner) = code;
    }

    pub(crate) fn expired_code(&self) -> &'static str {
        *self.expired_code.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn knows_token(&self, token: &str) -> bool {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.values().any(|key| key.token.as_deref() == Some(token))
    }
}
