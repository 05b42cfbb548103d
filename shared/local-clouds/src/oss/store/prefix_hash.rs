//! The MD5 of an object's content, computed ahead while its parts arrive.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use md5::{Digest, Md5};

use crate::oss::store::reader::Cursor;
use crate::oss::store::segment::Segment;

/// The MD5 of the segments hashed so far. Hashing blocks the thread.
#[derive(Default)]
pub(crate) struct PrefixHash(Mutex<HashState>);

#[derive(Default)]
struct HashState {
    md5: Md5,
    segments: Vec<Arc<Segment>>,
}

impl HashState {
    fn add(&mut self, segment: Arc<Segment>) -> io::Result<()> {
        // Work on a copy, so that a read that fails halfway leaves the state intact.
        let mut md5 = self.md5.clone();
        let mut content = Cursor::new(vec![Arc::clone(&segment)], 0, segment.size);
        while let Some(data) = content.read_next()? {
            md5.update(&data);
        }
        self.md5 = md5;
        self.segments.push(segment);
        Ok(())
    }
}

impl PrefixHash {
    /// Hashes the segment at this place, counted from 0, unless [`PrefixHash::finish`] was faster.
    pub(crate) fn add(&self, place: usize, segment: Arc<Segment>) -> io::Result<()> {
        let mut hashed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hashed.segments.len() == place { hashed.add(segment) } else { Ok(()) }
    }

    /// Returns the MD5 of exactly these segments. Reads only those not hashed yet, or all of them if others
    /// were hashed.
    pub(crate) fn finish(&self, segments: &[Arc<Segment>]) -> io::Result<[u8; 16]> {
        let mut hashed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pairs = hashed.segments.iter().zip(segments);
        if hashed.segments.len() > segments.len() || !pairs.all(|(one, other)| Arc::ptr_eq(one, other)) {
            *hashed = HashState::default();
        }
        for segment in &segments[hashed.segments.len()..] {
            hashed.add(Arc::clone(segment))?;
        }
        Ok(hashed.md5.clone().finalize().into())
    }
}

/// How far the parts of one upload are hashed.
#[derive(Default)]
pub(crate) struct HashProgress {
    pub(crate) hash: Arc<PrefixHash>,
    /// Parts 1 to this one are hashed, the last perhaps not yet completely.
    pub(crate) next_part_index: u32,
    /// A task is hashing.
    pub(crate) is_hashing: bool,
}

impl HashProgress {
    /// Starts over if a part that was hashed is replaced.
    pub(crate) fn restart_if_hashed(&mut self, number: u32) {
        if number <= self.next_part_index {
            *self = Self { is_hashing: self.is_hashing, ..Self::default() };
        }
    }
}
