//! The MD5 of an object's content, taken ahead while its parts arrive.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use md5::{Digest, Md5};

use super::reader::Cursor;
use super::segment::Segment;
use super::{Store, bucket};

/// The MD5 of the segments hashed so far. Hashing blocks.
#[derive(Default)]
pub(in super::super) struct Ahead(Mutex<Hashed>);

#[derive(Default)]
struct Hashed {
    md5: Md5,
    segments: Vec<Arc<Segment>>,
}

impl Hashed {
    fn add(&mut self, segment: Arc<Segment>) -> io::Result<()> {
        // A copy, so that a read that fails half way leaves the state whole.
        let mut md5 = self.md5.clone();
        let mut content = Cursor::new(vec![Arc::clone(&segment)], 0, segment.size);
        while let Some(data) = content.next()? {
            md5.update(&data);
        }
        self.md5 = md5;
        self.segments.push(segment);
        Ok(())
    }
}

impl Ahead {
    /// Hashes the segment that stands at this place, counted from 0, unless [`Ahead::finish`] was faster.
    fn add(&self, place: usize, segment: Arc<Segment>) -> io::Result<()> {
        let mut hashed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hashed.segments.len() == place { hashed.add(segment) } else { Ok(()) }
    }

    /// The MD5 of exactly these segments: only those not hashed yet are read, all of them if others were hashed.
    pub(super) fn finish(&self, segments: &[Arc<Segment>]) -> io::Result<[u8; 16]> {
        let mut hashed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pairs = hashed.segments.iter().zip(segments);
        if hashed.segments.len() > segments.len() || !pairs.all(|(one, other)| Arc::ptr_eq(one, other)) {
            *hashed = Hashed::default();
        }
        for segment in &segments[hashed.segments.len()..] {
            hashed.add(Arc::clone(segment))?;
        }
        Ok(hashed.md5.clone().finalize().into())
    }
}

/// How far the parts of one upload are hashed ahead.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) hash: Arc<Ahead>,
    /// Parts 1 to this one are hashed, the last of them perhaps not yet to its end.
    taken: u32,
    /// Somebody hashes.
    busy: bool,
}

impl Progress {
    /// A part came again: behind it everything has to be hashed anew.
    pub(super) fn replaced(&mut self, number: u32) {
        if number <= self.taken {
            *self = Self { busy: self.busy, ..Self::default() };
        }
    }
}

impl Store {
    /// Hashes, off the reactor, the parts that are there without a gap from the first on; returns at once.
    pub(in super::super) fn hash_ahead(self: &Arc<Self>, name: &str, id: &str) {
        if !self.begin_hashing(name, id) {
            return;
        }
        let (store, name, id) = (Arc::clone(self), name.to_owned(), id.to_owned());
        tokio::task::spawn_blocking(move || store.hash_here(&name, &id));
    }

    /// The same, in the caller's thread.
    pub(in super::super) fn hash_here(&self, name: &str, id: &str) {
        while let Some((hash, place, segment)) = self.next_to_hash(name, id) {
            // What cannot be read now is read, and reported, by whoever asks for the MD5.
            if hash.add(place, segment).is_err() {
                return;
            }
        }
    }

    fn begin_hashing(&self, name: &str, id: &str) -> bool {
        let mut buckets = self.lock();
        let upload = bucket(&mut buckets, name).ok().and_then(|bucket| bucket.uploads.get_mut(id));
        upload.is_some_and(|upload| !std::mem::replace(&mut upload.ahead.busy, true))
    }

    /// `None` ends the work: nothing is left, or the upload is gone.
    fn next_to_hash(&self, name: &str, id: &str) -> Option<(Arc<Ahead>, usize, Arc<Segment>)> {
        let mut buckets = self.lock();
        let upload = bucket(&mut buckets, name).ok()?.uploads.get_mut(id)?;
        let place = upload.ahead.taken;
        let Some(part) = upload.parts.get(&(place + 1)) else {
            upload.ahead.busy = false;
            return None;
        };
        upload.ahead.taken = place + 1;
        Some((Arc::clone(&upload.ahead.hash), place as usize, Arc::clone(&part.segment)))
    }
}
