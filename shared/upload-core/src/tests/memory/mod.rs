//! A source and a Youku in memory, with scripted faults: what the real ones may do, without sockets and under a paused clock.

mod bucket;
mod faults;
mod quirks;
mod slices;
mod source;
mod youku;

pub(crate) use faults::{CallLimit, Fault};
pub(crate) use quirks::{Hidden, Quirks, SinglePut, WebSessions};

use super::{bytes, clock::machine_clock, crash_points::CrashPoints};
use crate::{
    ledger::{
        Ledger, LedgerSettings,
        tests::memory::{MemoryStore, TestSeal},
    },
    model::metadata::PublicType,
    *,
};
use ::bytes::Bytes;
use crc_fast::{CrcAlgorithm, checksum};
use md5::{Digest as _, Md5 as Md5Hash};
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

#[derive(Default)]
pub(crate) struct World {
    pub(crate) content: Vec<u8>,
    digests: Option<(Md5, u64)>,
    pub(crate) etag: String,
    /// When objects landed, by key: of the others the source does not say.
    pub(crate) landed: BTreeMap<String, SystemTime>,
    /// What the object states of itself.
    pub(crate) user_metadata: BTreeMap<String, Vec<u8>>,
    /// The sidecar next to it.
    pub(crate) sidecar: Option<Bytes>,
    /// The source refuses every read.
    pub(crate) denied: bool,
    pub(crate) quirks: Quirks,
    /// A commit answers no video id.
    pub(crate) commit_hides_video_id: bool,
    /// The object's metadata states this MD5.
    pub(crate) states_md5: Option<Md5>,
    /// Bytes that Youku holds already: a session in slice mode for their MD5 is answered "instant".
    pub(crate) known: Vec<(Md5, Vec<u8>)>,
    /// The states that videos show one after the other, the last one for ever; none: encoding at the first question, then normal, and
    /// encoding for ever where nothing was committed.
    pub(crate) states: VecDeque<VideoState>,
    /// What batches of videos meet.
    pub(crate) batches: Batches,
    /// How often a video was asked for.
    shown: BTreeMap<String, u32>,
    /// How long calls of an operation take.
    pub(crate) takes: BTreeMap<&'static str, Duration>,
    /// With the call of this number, the first being 1, all sessions are over.
    pub(crate) sessions_end_at: Option<usize>,
    /// With the call of this number all credentials of the bucket run out.
    pub(crate) credentials_end_at: Option<usize>,
    /// How long the bucket's credentials live.
    pub(crate) credentials_life: Duration,
    pub(crate) limit: Option<CallLimit>,
    faults: VecDeque<(&'static str, u32, Fault)>,
    pub(crate) calls: Vec<&'static str>,
    /// Parts and slices that began to be sent, by part number or offset.
    pub(crate) sent: Vec<u64>,
    /// Those that the target accepted, and when.
    pub(crate) accepted: Vec<(Instant, u64)>,
    sessions: Vec<Session>,
    /// Every update that took effect, and when.
    pub(crate) edits: Vec<(Instant, String, metadata::VideoMetadata)>,
    /// Bytes of committed videos, by id.
    pub(crate) videos: BTreeMap<String, Vec<u8>>,
    /// The file names of the videos, in the order of their commits.
    pub(crate) committed: Vec<String>,
}

/// What Youku makes of questions about many videos.
#[derive(Default)]
pub(crate) struct Batches {
    /// No host has the call.
    pub(crate) is_missing: bool,
    /// More ids than these are refused.
    pub(crate) max_ids: Option<usize>,
    /// What is refused looks like a failure that may pass.
    pub(crate) fails: bool,
    /// No more videos than these are answered.
    pub(crate) answers: Option<usize>,
    /// The batches that were answered: when, and of how many ids.
    pub(crate) asked: Vec<(Instant, usize)>,
}

#[derive(Default)]
struct Session {
    dead: bool,
    generation: u32,
    expired: u32,
    file_name: String,
    /// `None` in a session of the web form.
    stated_md5: Option<String>,
    metadata: metadata::VideoMetadata,
    /// When its last credentials were issued.
    granted: Option<Instant>,
    /// Parts by multipart id and number.
    multipart: BTreeMap<String, BTreeMap<u32, (Vec<u8>, PartReceipt)>>,
    multiparts: u32,
    landed: Option<Vec<u8>>,
    /// One PutObject sent what landed.
    was_put: bool,
    /// The bytes that Youku held before.
    instant: Option<Vec<u8>>,
    wanted: BTreeSet<u64>,
    slice: u64,
    written: BTreeMap<u64, Vec<u8>>,
}

#[derive(Clone)]
pub(crate) struct Memory {
    world: Arc<Mutex<World>>,
    pub(crate) ledger: MemoryStore,
    pub(crate) crash_points: CrashPoints,
    /// The client id with which it calls Youku.
    pub(crate) client: Option<&'static str>,
    pub(crate) token: Option<&'static str>,
    /// The robots that report its uploads.
    pub(crate) robots: Arc<[NoticeSubscriber]>,
}

pub(crate) fn crc64(bytes: &[u8]) -> u64 {
    checksum(CrcAlgorithm::Crc64Xz, bytes)
}

impl World {
    /// MD5 and CRC-64 of the content, taken once.
    fn digests(&mut self) -> (Md5, u64) {
        let content = &self.content;
        *self.digests.get_or_insert_with(|| (md5_of(content), crc64(content)))
    }
}

/// MD5 is slow, and thousands of runs are about the same bytes: each is taken once.
pub(crate) fn md5_of(bytes: &[u8]) -> Md5 {
    static KNOWN: Mutex<BTreeMap<(u64, usize), Md5>> = Mutex::new(BTreeMap::new());
    let key = (crc64(bytes), bytes.len());
    let mut known = KNOWN.lock().expect("no test panics while holding it");
    *known.entry(key).or_insert_with(|| Md5(Md5Hash::digest(bytes).into()))
}

impl Memory {
    pub(crate) fn holding(content: Vec<u8>) -> Self {
        let world = World {
            content,
            etag: "A".into(),
            credentials_life: Duration::from_secs(3600),
            ..World::default()
        };
        let crash_points = CrashPoints::default();
        Self {
            world: Arc::new(Mutex::new(world)),
            ledger: MemoryStore::with(crash_points.clone()),
            crash_points,
            client: None,
            token: None,
            robots: Arc::default(),
        }
    }

    /// An object of this many bytes and a Youku with these quirks.
    pub(crate) fn with_quirks(quirks: Quirks, size: usize) -> Self {
        let memory = Self::holding(bytes(size));
        memory.world().quirks = quirks;
        memory
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test panics while holding it")
    }

    /// The same world as another machine sees it, with crash points of its own.
    pub(crate) fn seen_through(&self, crash_points: CrashPoints) -> Self {
        Self {
            world: self.world.clone(),
            ledger: self.ledger.through(crash_points.clone()),
            crash_points,
            ..self.clone()
        }
    }

    /// The object is replaced by these bytes.
    pub(crate) fn hold_content(&self, content: Vec<u8>) {
        let mut world = self.world();
        (world.content, world.digests) = (content, None);
    }

    pub(crate) fn uploader(&self) -> Uploader {
        self.uploader_with(3)
    }

    /// An uploader that moves this many parts or slices at once.
    pub(crate) fn uploader_with(&self, in_flight: usize) -> Uploader {
        let quirks = self.world().quirks;
        let settings = TransferSettings {
            part_size: quirks.part_size(),
            in_flight,
            most_in_flight: in_flight,
            slice_kib: 256,
            slice_workers: in_flight,
            shortcuts: quirks.shortcuts(),
            ..Default::default()
        };
        Uploader::new(
            Arc::new(self.clone()),
            Arc::new(self.clone()),
            self.ledger(),
            settings,
            machine_clock(),
        )
    }

    /// The file names of the committed videos.
    pub(crate) fn published(&self) -> BTreeSet<String> {
        let world = self.world();
        let names = world.videos.keys().map(|id| {
            let number: usize = id.trim_start_matches('V').parse().expect("one of our ids");
            world.sessions[number].file_name.clone()
        });
        names.collect()
    }

    /// Who may watch the committed videos, as stated to Youku.
    pub(crate) fn audiences(&self) -> Vec<Option<PublicType>> {
        let world = self.world();
        let of = |id: &String| {
            world.sessions[id.trim_start_matches('V').parse::<usize>().expect("ours")].metadata.public_type
        };
        world.videos.keys().map(of).collect()
    }

    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::new(
            Arc::new(self.ledger.clone()),
            Arc::new(TestSeal),
            LedgerSettings::default(),
            machine_clock(),
        )
        .with_subscribers(self.robots.clone())
    }
}

fn token(number: usize) -> SecretString {
    SecretString::from(number.to_string())
}

fn number(token: &SecretString) -> usize {
    token.expose_secret().parse().expect("one of our tokens")
}
