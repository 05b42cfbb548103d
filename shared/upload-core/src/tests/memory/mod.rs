//! A source and a Youku in memory, with scripted faults: what the real ones may do, without sockets and under a paused clock.

mod bucket;
mod faults;
mod slices;
mod source;
mod youku;

pub(crate) use faults::Fault;

use super::points::Points;
use crate::{
    ledger::{
        Ledger, LedgerSettings,
        tests::memory::{MemoryStore, TestSeal},
    },
    *,
};
use crc_fast::{CrcAlgorithm, checksum};
use md5::{Digest as _, Md5 as Md5Hash};
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

#[derive(Default)]
pub(crate) struct World {
    pub(crate) content: Vec<u8>,
    pub(crate) etag: String,
    pub(crate) tells_md5: bool,
    pub(crate) tells_crc: bool,
    pub(crate) answers_crc: bool,
    pub(crate) again_refuses: bool,
    pub(crate) hides_parts: bool,
    pub(crate) hides_video_id: bool,
    pub(crate) shows_uncommitted: bool,
    /// The states that videos show one after the other, the last one for ever; none: they are being encoded.
    pub(crate) states: VecDeque<VideoState>,
    faults: VecDeque<(&'static str, u32, Fault)>,
    pub(crate) calls: Vec<&'static str>,
    sessions: Vec<Session>,
    /// Bytes of committed videos, by id.
    pub(crate) videos: BTreeMap<String, Vec<u8>>,
}

#[derive(Default)]
struct Session {
    dead: bool,
    generation: u32,
    expired: u32,
    stated_md5: String,
    parts: BTreeMap<u32, Vec<u8>>,
    landed: Option<Vec<u8>>,
    wanted: BTreeSet<u64>,
    slice: u64,
    written: BTreeMap<u64, Vec<u8>>,
}

#[derive(Clone)]
pub(crate) struct Memory {
    world: Arc<Mutex<World>>,
    pub(crate) ledger: MemoryStore,
    pub(crate) points: Points,
}

pub(crate) fn crc64(bytes: &[u8]) -> u64 {
    checksum(CrcAlgorithm::Crc64Xz, bytes)
}

fn md5_of(bytes: &[u8]) -> Md5 {
    Md5(Md5Hash::digest(bytes).into())
}

impl Memory {
    pub(crate) fn holding(content: Vec<u8>) -> Self {
        let world = World {
            content,
            etag: "A".into(),
            tells_md5: true,
            tells_crc: true,
            answers_crc: true,
            ..World::default()
        };
        let points = Points::default();
        Self { world: Arc::new(Mutex::new(world)), ledger: MemoryStore::with(points.clone()), points }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test panics while holding it")
    }

    pub(crate) fn uploader(&self) -> Uploader {
        let settings =
            TransferSettings { part_size: 1 << 20, in_flight: 3, slice_kib: 256, ..Default::default() };
        Uploader::new(Arc::new(self.clone()), Arc::new(self.clone()), self.ledger(), settings)
    }

    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::new(Arc::new(self.ledger.clone()), Arc::new(TestSeal), LedgerSettings::default())
    }
}

fn token(number: usize) -> SecretString {
    SecretString::from(number.to_string())
}

fn number(token: &SecretString) -> usize {
    token.expose_secret().parse().expect("one of our tokens")
}
