//! A ledger store in memory: one map, a clock in whole seconds, and faults as ordered or at random.

use super::history::History;
pub(crate) use super::test_seal::TestSeal;
use crate::{
    Error, ErrorKind, RetryAdvice,
    ledger::{Created, LedgerStore, ListedKey, Page, Stored},
    tests::{crash_points::CrashPoints, memory::crc64},
};
use async_trait::async_trait;
use bytes::Bytes;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

/// Keys of a page at most, as OSS and S3 have it.
const PAGE: usize = 1000;

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing is done.
    Refuse,
    /// It is done, and the answer lost.
    LoseAnswer,
    /// Nothing is done, and nothing answered.
    Hang,
    /// Nothing is done, and trying again does not help.
    Deny,
}

/// A time in which the store fails.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outage {
    /// The first call that fails, the first of all being 1.
    pub(crate) from: usize,
    /// At most this many calls fail.
    pub(crate) calls: usize,
    /// At most for this long.
    pub(crate) lasts: Duration,
    pub(crate) fault: Fault,
}

pub(crate) struct World {
    pub(crate) entries: BTreeMap<String, (Bytes, SystemTime)>,
    /// Uploads that finished before, besides the entries.
    pub(crate) history: History,
    /// Keys that lists have returned, and the bytes of these and of what was read.
    pub(crate) returned: (usize, usize),
    /// The next calls of an operation meet these.
    pub(crate) faults: Vec<(&'static str, Fault)>,
    /// Every call fails.
    pub(crate) is_down: bool,
    pub(crate) outage: Option<Outage>,
    /// When the outage began, and how many crash points had been passed by then.
    pub(crate) failed: Option<(Instant, usize)>,
    /// So many more calls are answered before it is down.
    pub(crate) down_after: Option<u32>,
    /// How long each half of a call takes.
    pub(crate) slow: Option<Duration>,
    pub(crate) calls: Vec<(&'static str, String)>,
    /// Create-only is not atomic: the store looks at a key and writes up to this much later, without looking again.
    race: Option<(Duration, StdRng)>,
    /// Creates of these keys wait between look and write.
    holds: Vec<(String, Arc<Hold>)>,
    /// Calls take their time and fail now and then.
    chaos: Option<StdRng>,
    begun: Instant,
}

/// Holds a create between its look and its write.
#[derive(Default)]
pub(crate) struct Hold {
    looked: Notify,
    released: Notify,
}

impl Hold {
    /// Returns when the store has looked at the key.
    pub(crate) async fn looked(&self) {
        self.looked.notified().await;
    }

    /// Lets the store write.
    pub(crate) fn release(&self) {
        self.released.notify_one();
    }
}

#[derive(Clone)]
pub(crate) struct MemoryStore(Arc<Mutex<World>>, CrashPoints);

impl MemoryStore {
    pub(crate) fn new() -> Self {
        let world = World {
            entries: BTreeMap::new(),
            history: History::default(),
            returned: (0, 0),
            faults: Vec::new(),
            is_down: false,
            outage: None,
            failed: None,
            down_after: None,
            slow: None,
            calls: Vec::new(),
            race: None,
            holds: Vec::new(),
            chaos: None,
            begun: Instant::now(),
        };
        Self(Arc::new(Mutex::new(world)), CrashPoints::default())
    }

    /// A store whose calls are crash points.
    pub(crate) fn with(crash_points: CrashPoints) -> Self {
        Self(Self::new().0, crash_points)
    }

    /// The same store, with other crash points for its calls.
    pub(crate) fn through(&self, crash_points: CrashPoints) -> Self {
        Self(self.0.clone(), crash_points)
    }

    pub(crate) fn chaotic(seed: u64) -> Self {
        let store = Self::new();
        store.world().chaos = Some(StdRng::seed_from_u64(seed));
        store
    }

    /// From now on create-only is not atomic within this time.
    pub(crate) fn race(&self, window: Duration, seed: u64) {
        self.world().race = Some((window, StdRng::seed_from_u64(seed)));
    }

    /// The next create of `key` waits between its look and its write.
    pub(crate) fn hold(&self, key: String) -> Arc<Hold> {
        let hold = Arc::new(Hold::default());
        self.world().holds.push((key, hold.clone()));
        hold
    }

    /// Writes what a create found absent, as late as the store likes, whatever becomes of its caller.
    async fn write_late(&self, key: &str, bytes: Bytes) -> SystemTime {
        let (hold, delay) = {
            let mut world = self.world();
            let held = world.holds.iter().position(|(held, _)| held == key);
            let delay = world.race.as_mut().map(|(window, chance)| {
                Duration::from_millis(chance.random_range(0..window.as_millis().try_into().expect("short")))
            });
            (held.map(|at| world.holds.remove(at).1), delay)
        };
        let (store, key) = (self.clone(), key.to_owned());
        let writing = tokio::spawn(async move {
            match (hold, delay) {
                (Some(hold), _) => {
                    hold.looked.notify_one();
                    hold.released.notified().await;
                }
                (None, Some(delay)) => sleep(delay).await,
                (None, None) => {}
            }
            let now = store.now();
            store.world().entries.insert(key, (bytes, now));
            now
        });
        writing.await.expect("it writes")
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("no test panics while holding it")
    }

    pub(crate) fn calm(&self) {
        self.world().chaos = None;
    }

    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        self.world().entries.keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    pub(crate) fn now(&self) -> SystemTime {
        let since = self.world().begun.elapsed();
        UNIX_EPOCH + Duration::from_secs(1_800_000_000 + since.as_secs())
    }

    async fn begin(&self, operation: &'static str, key: &str) -> Result<Option<Fault>, Error> {
        self.1.pass("ledger").await;
        let (pause, fault) = {
            let mut world = self.world();
            world.calls.push((operation, key.to_owned()));
            let out = world.is_out(self.1.passed());
            let ordered = world.faults.iter().position(|(name, _)| *name == operation);
            let ordered = ordered.map(|at| world.faults.remove(at).1);
            let chance = world.chaos.as_mut().and_then(|chaos| match chaos.random_range(0..20) {
                0 => Some(Fault::Refuse),
                1 => Some(Fault::LoseAnswer),
                _ => None,
            });
            let down = (world.is_down || world.down_after == Some(0)).then_some(Fault::Refuse);
            world.down_after = world.down_after.map(|left| left.saturating_sub(1));
            (world.pause(), down.or(out).or(ordered).or(chance))
        };
        sleep(pause).await;
        match fault {
            Some(Fault::Refuse) => Err(trouble()),
            Some(Fault::Deny) => Err(trouble().with_advice(RetryAdvice::Permanent)),
            Some(Fault::Hang) => std::future::pending().await,
            _ => Ok(fault),
        }
    }

    async fn end<T>(&self, fault: Option<Fault>, answer: T) -> Result<T, Error> {
        self.1.pass("answer").await;
        let pause = self.world().pause();
        sleep(pause).await;
        if fault == Some(Fault::LoseAnswer) { Err(trouble()) } else { Ok(answer) }
    }
}

impl World {
    /// The fault of the outage that this call falls into, if it does.
    fn is_out(&mut self, crash_points: u32) -> Option<Fault> {
        let outage = self.outage?;
        if !(outage.from..outage.from.saturating_add(outage.calls)).contains(&self.calls.len()) {
            return None;
        }
        let (began, _) = *self.failed.get_or_insert((Instant::now(), crash_points as usize));
        (began.elapsed() < outage.lasts).then_some(outage.fault)
    }

    fn pause(&mut self) -> Duration {
        let Some(chaos) = &mut self.chaos else { return self.slow.unwrap_or_default() };
        let most = if chaos.random_range(0..50) == 0 { 40_000 } else { 500 };
        Duration::from_millis(chaos.random_range(0..most))
    }
}

fn trouble() -> Error {
    Error::new(ErrorKind::Ledger, "store", "the store failed").retryable()
}

#[async_trait]
impl LedgerStore for MemoryStore {
    async fn create(&self, key: &str, bytes: Bytes) -> Result<Created, Error> {
        let fault = self.begin("create", key).await?;
        let exists = self.world().entries.contains_key(key);
        let created = if exists {
            Created::Exists
        } else {
            let tag = tag(&bytes);
            let atomic = self.world().race.is_none() && self.world().holds.is_empty();
            let now = if atomic {
                let now = self.now();
                self.world().entries.insert(key.into(), (bytes, now));
                now
            } else {
                self.write_late(key, bytes).await
            };
            Created::Yes { now, tag }
        };
        self.end(fault, created).await
    }

    async fn write(&self, key: &str, bytes: Bytes) -> Result<SystemTime, Error> {
        assert!(!key.starts_with("ledger/"), "steps are never written over");
        let fault = self.begin("write", key).await?;
        let now = self.now();
        self.world().entries.insert(key.into(), (bytes, now));
        self.end(fault, now).await
    }

    async fn read(&self, key: &str) -> Result<Option<Stored>, Error> {
        let fault = self.begin("read", key).await?;
        let now = self.now();
        let found = {
            let mut world = self.world();
            let found = world.entries.get(key).cloned().or_else(|| world.history.read(key));
            world.returned.1 += found.as_ref().map_or(0, |(bytes, _)| bytes.len());
            found
        };
        self.end(fault, found.map(|(bytes, modified)| Stored { tag: tag(&bytes), bytes, modified, now }))
            .await
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Page, Error> {
        let fault = self.begin("list", prefix).await?;
        let limit = limit.min(PAGE);
        let page = {
            let mut world = self.world();
            let from = after.map_or(Bound::Included(prefix), Bound::Excluded);
            let found = world.entries.range::<str, _>((from, Bound::Unbounded));
            let found = found.take_while(|(key, _)| key.starts_with(prefix)).take(limit + 1);
            let mut keys: Vec<_> = found
                .map(|(key, (bytes, modified))| ListedKey {
                    key: key.clone(),
                    modified: *modified,
                    tag: tag(bytes),
                })
                .collect();
            keys.extend(world.history.list(prefix, after, limit + 1));
            keys.sort_by(|one, other| one.key.cmp(&other.key));
            let next = (keys.len() > limit).then(|| keys[limit - 1].key.clone());
            keys.truncate(limit);
            world.returned.0 += keys.len();
            world.returned.1 += keys.iter().map(|listed| listed.key.len()).sum::<usize>();
            Page { keys, next }
        };
        self.end(fault, page).await
    }

    async fn delete(&self, key: &str) -> Result<(), Error> {
        assert!(!key.starts_with("ledger/"), "steps are never deleted");
        let fault = self.begin("delete", key).await?;
        self.world().entries.remove(key);
        self.end(fault, ()).await
    }

    fn window(&self) -> Duration {
        self.world().race.as_ref().map_or(Duration::ZERO, |(window, _)| *window)
    }
}

/// As an ETag: another text for another content.
fn tag(bytes: &[u8]) -> Option<String> {
    Some(format!("{:016x}", crc64(bytes)))
}
