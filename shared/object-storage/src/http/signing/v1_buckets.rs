//! Endpoints and buckets that refused V4, for the life of the process.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

static WANT_V1: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Whether this endpoint and bucket takes V1 alone.
pub(crate) fn contains(identity: &str) -> bool {
    WANT_V1.lock().unwrap_or_else(PoisonError::into_inner).contains(identity)
}

/// Remembers an endpoint and bucket that refused V4.
pub(crate) fn insert(identity: &str) {
    WANT_V1.lock().unwrap_or_else(PoisonError::into_inner).insert(identity.to_owned());
}
