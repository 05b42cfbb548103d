//! A local OSS: signatures V1 and V4 are verified, objects are streamed to and from disk, ETags of multipart uploads are
//! opaque, and the answers carry what the real service's answers carry (protocol sheet oss.md §3 and §4.4).
//!
//! Operations, as fault rules name them: `PutBucket`, `DeleteBucket`, `GetBucketInfo`, `GetBucketLocation`,
//! `GetBucketVersioning`, `PutBucketVersioning`, `GetBucketPolicy`, `PutBucketPolicy`, `DeleteBucketPolicy`, `ListObjects`, `ListObjectsV2`, `ListMultipartUploads`,
//! `DeleteMultipleObjects`, `PutObject`, `GetObject`, `HeadObject`, `GetObjectMeta`, `DeleteObject`, `CopyObject`,
//! `AppendObject`, `PutSymlink`, `GetSymlink`, `InitiateMultipartUpload`, `UploadPart`, `ListParts`,
//! `CompleteMultipartUpload`, `AbortMultipartUpload`. Anything else is `NotImplemented` and answered so.
//!
//! `GET`, `POST /_sandbox/switches` shows and sets [`OssSwitches`]; a POST names only what changes, e.g.
//! `{"create_only_window_ms": 400}`: create-only puts are then not atomic.
//!
//! `GET`, `POST /_sandbox/clock` with `{"ahead_seconds": 7200}` (negative: behind) shows and sets how wrong the server's clock is:
//! `Date`, `Last-Modified` and the times of lists are by that clock, and so is the check of a signature's time, which may be 15 minutes
//! off (`RequestTimeTooSkewed`). How long keys live is not touched.
//!
//! `PutBucketPolicy` (`PUT /bucket?policy`) takes statements whose `Effect` is `Deny`, with `*` in actions and resources for any text,
//! e.g. `{"Version": "1", "Statement": [{"Effect": "Deny", "Principal": ["*"], "Action": ["oss:GetObject"],
//! "Resource": ["acs:oss:*:*:videos/a/*"]}]}`: such requests are answered 403 `AccessDenied`, whoever asks. Statements that allow change
//! nothing, for whoever has a key may do everything. Policies are forgotten when the server ends.
//!
//! `PUT /_sandbox/objects/{bucket}/{key}` (key percent-encoded) makes an object that takes no disk: its content is made
//! up when it is read, the same every time. The body is a [`Generated`], e.g. `{"size": 53687091200, "md5": "none"}`; the
//! answer `{"size", "etag", "crc64", "md5"}` with the CRC in decimal digits and the MD5 in hex, or null. The CRC-64 is
//! calculated, whatever the size; the MD5 takes a pass over all bytes (about 600 MB a second), so it is left out
//! (`"none"`, which makes an object as completed from parts) unless it is asked for (`"computed"`: as put in one request).

mod auth;
mod clock;
mod conditions;
mod encode;
mod error;
mod events;
mod inspect;
mod operation;
mod operations;
mod owner;
mod range;
mod reply;
mod request;
mod store;
mod switches;
#[cfg(test)]
mod tests;
mod times;
mod xml;

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use tokio::io::AsyncRead;

pub use auth::{AccessKey, Effect, Grant, Policy, Statement};
pub use events::Subscription;
pub use inspect::{Generated, GeneratedMd5};
pub use store::{ObjectKind, ObjectRecord, Quirk};
pub use switches::OssSwitches;

use auth::Keyring;
pub(crate) use clock::Clock;
use events::Events;
use store::{ObjectReader, Store, Versioning};

/// What a local OSS is started with.
#[derive(Clone, Debug)]
pub struct OssConfig {
    /// Where objects and their records are kept; made if missing. A new server on the same folder finds them again.
    pub data_dir: PathBuf,
    /// The region V4 signatures must name, e.g. `cn-hangzhou`.
    pub region: String,
    /// Custom domains: host name without port to bucket.
    pub cname: HashMap<String, String>,
    /// Whether V1 signatures are taken; new buckets of the real service refuse them.
    pub allow_v1: bool,
    /// Whether V4 signatures are taken; some private gateways refuse them.
    pub allow_v4: bool,
    /// Whether the parts of multipart uploads are hashed one after the other while they arrive, so that [`Oss::md5`] has
    /// little left to read; it costs an MD5 of every byte.
    pub md5_ahead: bool,
}

impl OssConfig {
    /// Region `cn-hangzhou`, both signature versions, no custom domain, nothing hashed ahead.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            region: "cn-hangzhou".to_owned(),
            cname: HashMap::new(),
            allow_v1: true,
            allow_v4: true,
            md5_ahead: false,
        }
    }
}

/// A local OSS. Cheap to clone; clones are the same server.
#[derive(Clone)]
pub struct Oss(Arc<Shared>);

struct Shared {
    config: OssConfig,
    keys: Keyring,
    store: Arc<Store>,
    events: Events,
    discard: AtomicBool,
    switches: RwLock<OssSwitches>,
    clock: Clock,
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
        let events = Events::new(config.region.clone());
        Ok(Self(Arc::new(Shared {
            config,
            keys: Keyring::default(),
            store,
            events,
            discard: AtomicBool::new(false),
            switches: RwLock::default(),
            clock: Clock::default(),
            policies: RwLock::default(),
            received: Mutex::default(),
        })))
    }

    /// Makes a bucket; one that exists stays as it is.
    pub fn create_bucket(&self, name: &str) {
        if let Err(error) = self.0.store.create_bucket(name) {
            tracing::warn!(bucket = name, %error, "the bucket's record could not be written");
        }
    }

    /// Turns versioning on, or suspends it where it was on. On such a bucket forbid-overwrite has no effect.
    pub fn set_versioning(&self, bucket: &str, on: bool) {
        let versioning = if on { Versioning::Enabled } else { Versioning::Suspended };
        if let Err(error) = self.0.store.set_versioning(bucket, versioning) {
            tracing::warn!(bucket, error = error.code(), "versioning could not be changed");
        }
    }

    /// The open questions as they stand.
    pub fn switches(&self) -> OssSwitches {
        *self.0.switches.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers the open questions anew; requests under way keep the answer they began with.
    pub fn set_switches(&self, switches: OssSwitches) {
        *self.0.switches.write().unwrap_or_else(PoisonError::into_inner) = switches;
    }

    /// Sets how many seconds the server's clock is ahead of this machine's; negative: behind.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.0.clock.set(seconds);
    }

    /// Sets what a bucket denies, or takes its policy away.
    pub fn set_bucket_policy(&self, bucket: &str, policy: Option<Policy>) {
        let mut policies = self.0.policies.write().unwrap_or_else(PoisonError::into_inner);
        match policy {
            Some(policy) => policies.insert(bucket.to_owned(), policy),
            None => policies.remove(bucket),
        };
    }

    fn bucket_policy(&self, bucket: &str) -> Option<Policy> {
        self.0.policies.read().unwrap_or_else(PoisonError::into_inner).get(bucket).cloned()
    }

    /// Admits a key; one with the same id is replaced.
    pub fn add_key(&self, key: AccessKey) {
        self.0.keys.add(key);
    }

    /// Makes a key stale from now on: requests with it are answered `SecurityTokenExpired`.
    pub fn expire_key(&self, id: &str) {
        self.0.keys.expire(id, SystemTime::now());
    }

    /// Sends matching events from now on.
    pub fn subscribe(&self, subscription: Subscription) {
        self.0.events.subscribe(subscription);
    }

    /// The current version of an object; of a symlink its own record, not its target's.
    pub fn object(&self, bucket: &str, key: &str) -> Option<ObjectRecord> {
        self.0.store.object(bucket, key, None).ok().map(|stored| stored.record.clone())
    }

    /// The keys of a bucket in order.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        self.0.store.keys(bucket)
    }

    /// The whole content of an object, a symlink's target included, as it is now even if the object is replaced meanwhile.
    ///
    /// # Errors
    /// There is no such object.
    pub fn reader(&self, bucket: &str, key: &str) -> io::Result<impl AsyncRead + Send + Unpin + use<>> {
        let stored = self.0.store.readable(bucket, key, None).map_err(|_| io::ErrorKind::NotFound)?;
        Ok(ObjectReader::new(stored.stream(0, stored.record.size)))
    }

    /// Makes, or replaces, an object whose content is made up when it is read. No event tells of it.
    ///
    /// # Errors
    /// There is no such bucket, or a record cannot be written.
    pub async fn generate(&self, bucket: &str, key: &str, wanted: Generated) -> io::Result<ObjectRecord> {
        let (store, bucket, key) = (Arc::clone(&self.0.store), bucket.to_owned(), key.to_owned());
        let placed = tokio::task::spawn_blocking(move || store.generate(&bucket, &key, wanted)).await;
        let placed = placed.map_err(io::Error::other)?;
        Ok(placed.map_err(|error| io::Error::other(error.code().to_owned()))?.stored.record.clone())
    }

    /// From now on the bytes of objects and parts are hashed and thrown away: no disk is used, and their objects can no
    /// longer be read; size, CRC-64 and ETag are right.
    pub fn set_discard(&self, discard: bool) {
        self.0.discard.store(discard, Ordering::Relaxed);
    }

    fn discards(&self) -> bool {
        self.0.discard.load(Ordering::Relaxed)
    }

    /// Whether bytes of this object were thrown away.
    pub fn is_discarded(&self, bucket: &str, key: &str) -> bool {
        self.0.store.object(bucket, key, None).is_ok_and(|stored| stored.discarded())
    }

    /// MD5 of the whole object, lower-case hex; `None` = no such object.
    ///
    /// # Errors
    /// The content cannot be read; where it was discarded only the MD5 of an object put in one request is known.
    pub async fn md5(&self, bucket: &str, key: &str) -> io::Result<Option<String>> {
        let Ok(stored) = self.0.store.readable(bucket, key, None) else {
            return Ok(None);
        };
        let known = stored.record.content_md5.as_deref().and_then(encode::from_base64);
        if let Some(md5) = known {
            return Ok(Some(encode::hex(&md5)));
        }
        let md5 = tokio::task::spawn_blocking(move || stored.md5()).await.map_err(io::Error::other)??;
        Ok(Some(encode::hex(&md5)))
    }

    /// Body bytes taken in by PutObject, AppendObject and UploadPart for a key since the start, retries and bodies that
    /// broke off included.
    pub fn received(&self, bucket: &str, key: &str) -> u64 {
        self.received_counter(bucket, key).load(Ordering::Relaxed)
    }

    /// Gives the current version of an object a peculiarity. `false` = no such object.
    pub fn set_quirk(&self, bucket: &str, key: &str, quirk: Quirk) -> bool {
        self.0.store.set_quirk(bucket, key, quirk).is_ok()
    }

    fn received_counter(&self, bucket: &str, key: &str) -> Arc<AtomicU64> {
        let mut received = self.0.received.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(received.entry((bucket.to_owned(), key.to_owned())).or_default())
    }
}
