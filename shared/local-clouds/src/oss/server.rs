//! The local OSS and its shared state.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use crate::clock::ServerClock;
use crate::oss::auth::access_key::AccessKey;
use crate::oss::auth::keyring::Keyring;
use crate::oss::auth::policy::Policy;
use crate::oss::config::OssConfig;
use crate::oss::store::buckets::Store;
use crate::oss::store::records::Versioning;
use crate::oss::subscription::Subscription;
use crate::oss::subscriptions::Subscriptions;
use crate::oss::switches::OssSwitches;

/// A local OSS. Cheap to clone; clones are the same server.
#[derive(Clone)]
pub struct Oss(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) config: OssConfig,
    pub(crate) keys: Keyring,
    pub(crate) store: Arc<Store>,
    pub(crate) events: Subscriptions,
    discard: AtomicBool,
    switches: RwLock<OssSwitches>,
    pub(crate) clock: ServerClock,
    policies: RwLock<HashMap<String, Policy>>,
    received: Mutex<HashMap<(String, String), Arc<AtomicU64>>>,
}

impl Oss {
    /// Opens the data folder. It starts without keys and subscriptions: those are not kept on disk.
    ///
    /// # Errors
    /// The folder cannot be made or read, or holds a record that does not parse.
    pub fn new(config: OssConfig) -> io::Result<Self> {
        let store = Arc::new(Store::open(&config.data_dir)?);
        let events = Subscriptions::new(config.region.clone());
        Ok(Self(Arc::new(Shared {
            config,
            keys: Keyring::default(),
            store,
            events,
            discard: AtomicBool::new(false),
            switches: RwLock::default(),
            clock: ServerClock::default(),
            policies: RwLock::default(),
            received: Mutex::default(),
        })))
    }

    /// Creates a bucket; an existing one stays as it is.
    pub fn create_bucket(&self, name: &str) {
        if let Err(error) = self.0.store.create_bucket(name) {
            tracing::warn!(bucket = name, %error, "the bucket's record could not be written");
        }
    }

    /// Turns versioning on, or suspends it. On a bucket that was ever versioned forbid-overwrite has no effect.
    pub fn set_versioning(&self, bucket: &str, on: bool) {
        let versioning = if on { Versioning::Enabled } else { Versioning::Suspended };
        if let Err(error) = self.0.store.set_versioning(bucket, versioning) {
            tracing::warn!(bucket, error = error.code(), "versioning could not be changed");
        }
    }

    /// The switches in force.
    pub fn switches(&self) -> OssSwitches {
        *self.0.switches.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the switches; requests under way keep those they began with.
    pub fn set_switches(&self, switches: OssSwitches) {
        *self.0.switches.write().unwrap_or_else(PoisonError::into_inner) = switches;
    }

    /// Sets how many seconds the server's clock is ahead of this machine's; negative when it is slow.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.0.clock.set_ahead(seconds);
    }

    /// Sets what a bucket denies, or removes its policy.
    pub fn set_bucket_policy(&self, bucket: &str, policy: Option<Policy>) {
        let mut policies = self.0.policies.write().unwrap_or_else(PoisonError::into_inner);
        match policy {
            Some(policy) => policies.insert(bucket.to_owned(), policy),
            None => policies.remove(bucket),
        };
    }

    pub(crate) fn bucket_policy(&self, bucket: &str) -> Option<Policy> {
        self.0.policies.read().unwrap_or_else(PoisonError::into_inner).get(bucket).cloned()
    }

    /// Adds a key; one with the same id is replaced.
    pub fn add_key(&self, key: AccessKey) {
        self.0.keys.add(key);
    }

    /// Makes a key stale from now on: requests with it are answered `SecurityTokenExpired`, at Youku's bucket as `Switches::expired_sts` says.
    pub fn expire_key(&self, id: &str) {
        self.0.keys.expire(id, SystemTime::now());
    }

    /// Sends matching events to a subscriber from now on.
    pub fn subscribe(&self, subscription: Subscription) {
        self.0.events.subscribe(subscription);
    }

    /// Sets whether the bytes of objects and parts are hashed and thrown away from now on. No disk is used
    /// then, and the objects cannot be read; size, CRC-64 and ETag are right.
    pub fn set_discard(&self, discard: bool) {
        self.0.discard.store(discard, Ordering::Relaxed);
    }

    pub(crate) fn is_discarding(&self) -> bool {
        self.0.discard.load(Ordering::Relaxed)
    }

    pub(crate) fn received_counter(&self, bucket: &str, key: &str) -> Arc<AtomicU64> {
        let mut received = self.0.received.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(received.entry((bucket.to_owned(), key.to_owned())).or_default())
    }
}
