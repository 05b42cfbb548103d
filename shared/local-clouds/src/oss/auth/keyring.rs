//! The access keys the server knows.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

use crate::oss::auth::access_key::AccessKey;

#[derive(Debug, Default)]
pub(crate) struct Keyring(RwLock<HashMap<String, AccessKey>>);

impl Keyring {
    pub(crate) fn add(&self, key: AccessKey) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key.id.clone(), key);
    }

    pub(crate) fn expire(&self, id: &str, now: SystemTime) {
        if let Some(key) = self.0.write().unwrap_or_else(PoisonError::into_inner).get_mut(id) {
            key.expires = Some(now);
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<AccessKey> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    pub(crate) fn knows_token(&self, token: &str) -> bool {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.values().any(|key| key.token.as_deref() == Some(token))
    }
}
