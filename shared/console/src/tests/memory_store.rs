//! A ledger store in memory that counts its calls.

use app::core::{
    Error, ErrorKind,
    ledger::{Created, LedgerStore, ListedKey, Page, Seal, Stored},
};
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::time::Instant;

/// The store. Its clock is the runtime's, which a test can pause.
#[derive(Clone)]
pub(crate) struct MemoryStore(Arc<Mutex<World>>);

pub(crate) struct World {
    pub(crate) entries: BTreeMap<String, (Bytes, SystemTime)>,
    pub(crate) calls: usize,
    /// Every call fails.
    pub(crate) is_down: bool,
    begun: Instant,
}

impl MemoryStore {
    pub(crate) fn new() -> Self {
        let world = World { entries: BTreeMap::new(), calls: 0, is_down: false, begun: Instant::now() };
        Self(Arc::new(Mutex::new(world)))
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    /// Counts a call, and answers with the store's clock.
    fn begin(&self) -> Result<(MutexGuard<'_, World>, SystemTime), Error> {
        let mut world = self.world();
        world.calls += 1;
        if world.is_down {
            return Err(Error::new(ErrorKind::Ledger, "memory", "the store is down").retryable());
        }
        let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000) + world.begun.elapsed();
        Ok((world, now))
    }
}

#[async_trait]
impl LedgerStore for MemoryStore {
    async fn create(&self, key: &str, bytes: Bytes) -> Result<Created, Error> {
        let (mut world, now) = self.begin()?;
        if world.entries.contains_key(key) {
            return Ok(Created::Exists);
        }
        world.entries.insert(key.into(), (bytes, now));
        Ok(Created::Yes { now, tag: None })
    }

    async fn write(&self, key: &str, bytes: Bytes) -> Result<SystemTime, Error> {
        let (mut world, now) = self.begin()?;
        world.entries.insert(key.into(), (bytes, now));
        Ok(now)
    }

    async fn read(&self, key: &str) -> Result<Option<Stored>, Error> {
        let (world, now) = self.begin()?;
        let stored = |(bytes, modified): &(Bytes, SystemTime)| Stored {
            bytes: bytes.clone(),
            modified: *modified,
            now,
            tag: None,
        };
        Ok(world.entries.get(key).map(stored))
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Page, Error> {
        let (world, _) = self.begin()?;
        let from = match after {
            Some(after) if after > prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let listed = world.entries.range::<str, _>((from, Bound::Unbounded));
        let mut listed = listed
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, (_, modified))| ListedKey { key: key.clone(), modified: *modified, tag: None });
        let keys: Vec<_> = listed.by_ref().take(limit).collect();
        let next = listed.next().and_then(|_| Some(keys.last()?.key.clone()));
        Ok(Page { keys, next })
    }

    async fn delete(&self, key: &str) -> Result<(), Error> {
        let (mut world, _) = self.begin()?;
        world.entries.remove(key);
        Ok(())
    }
}

/// Seals nothing: no secret stands in these ledgers.
pub(crate) struct OpenSeal;

impl Seal for OpenSeal {
    fn seal(&self, plain: &[u8], _: &str) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(plain).into_owned())
    }

    fn open(&self, sealed: &str, _: &str) -> Result<SecretString, Error> {
        Ok(sealed.into())
    }

    fn keyed_hash(&self, _: &[u8]) -> Option<String> {
        None
    }
}
