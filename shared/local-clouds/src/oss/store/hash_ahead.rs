//! Hashes the parts of an upload while they arrive.

use std::sync::Arc;

use crate::oss::store::bucket::find_bucket;
use crate::oss::store::buckets::Store;
use crate::oss::store::prefix_hash::PrefixHash;
use crate::oss::store::segment::Segment;

impl Store {
    /// Hashes the parts without a gap from the first one on, on a blocking thread; returns at once.
    pub(crate) fn hash_ahead(self: &Arc<Self>, name: &str, id: &str) {
        if !self.begin_hashing(name, id) {
            return;
        }
        let (store, name, id) = (Arc::clone(self), name.to_owned(), id.to_owned());
        tokio::task::spawn_blocking(move || store.hash_blocking(&name, &id));
    }

    /// The same on the caller's thread.
    pub(crate) fn hash_blocking(&self, name: &str, id: &str) {
        while let Some((hash, place, segment)) = self.next_to_hash(name, id) {
            // A failed read is repeated, and reported, when the MD5 is asked for.
            if hash.add(place, segment).is_err() {
                return;
            }
        }
    }

    fn begin_hashing(&self, name: &str, id: &str) -> bool {
        let mut buckets = self.lock();
        let upload = find_bucket(&mut buckets, name).ok().and_then(|bucket| bucket.uploads.get_mut(id));
        upload.is_some_and(|upload| !std::mem::replace(&mut upload.ahead.is_hashing, true))
    }

    /// Returns the next part to hash; `None` ends the work: nothing is left, or the upload is gone.
    fn next_to_hash(&self, name: &str, id: &str) -> Option<(Arc<PrefixHash>, usize, Arc<Segment>)> {
        let mut buckets = self.lock();
        let upload = find_bucket(&mut buckets, name).ok()?.uploads.get_mut(id)?;
        let place = upload.ahead.next_part_index;
        let Some(part) = upload.parts.get(&(place + 1)) else {
            upload.ahead.is_hashing = false;
            return None;
        };
        upload.ahead.next_part_index = place + 1;
        Some((Arc::clone(&upload.ahead.hash), place as usize, Arc::clone(&part.segment)))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::sync::atomic::AtomicU64;

    use axum::body::Body;
    use md5::{Digest, Md5};

    use super::Store;
    use crate::oss::store::ingest::ingest;
    use crate::oss::store::object_record::ObjectAttributes;
    use crate::oss::store::part_selection::SelectedPart;

    const PART_SIZE: usize = 100 * 1024;

    struct Upload {
        store: Store,
        dir: tempfile::TempDir,
        id: String,
    }

    impl Upload {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(dir.path()).unwrap();
            store.create_bucket("bucket").unwrap();
            let upload = store.initiate("bucket", "o", ObjectAttributes::default(), false, false).unwrap();
            Self { store, dir, id: upload.id }
        }

        /// Puts a part of this byte alone; its number and ETag.
        async fn put(&self, number: u32, byte: u8) -> SelectedPart {
            let mut body = Body::from(vec![byte; PART_SIZE]);
            let content = ingest(&self.store, &mut body, &AtomicU64::new(0), false, false).await.unwrap();
            let part = self.store.put_part("bucket", "o", &self.id, number, &content).unwrap();
            (number, part.etag)
        }

        fn hash(&self) {
            self.store.hash_blocking("bucket", &self.id);
        }

        fn complete(&self, parts: &[SelectedPart]) {
            self.store.complete("bucket", "o", &self.id, Some(parts), false).unwrap();
        }

        fn md5(&self) -> [u8; 16] {
            self.store.object("bucket", "o", None).unwrap().md5().unwrap()
        }
    }

    fn md5_of(parts: &[u8]) -> [u8; 16] {
        Md5::digest(parts.iter().flat_map(|part| vec![*part; PART_SIZE]).collect::<Vec<_>>()).into()
    }

    /// The first two parts are overwritten on disk once they are hashed: the MD5 of the whole is right all the same.
    #[tokio::test]
    async fn parts_hashed_ahead_are_not_read_again() {
        let upload = Upload::new();
        let mut parts = vec![upload.put(2, 2).await, upload.put(1, 1).await];
        upload.hash();
        for file in std::fs::read_dir(upload.dir.path().join("data")).unwrap() {
            std::fs::write(file.unwrap().path(), vec![0; PART_SIZE]).unwrap();
        }
        parts.push(upload.put(3, 3).await);
        parts.sort();
        upload.complete(&parts);
        assert_eq!(upload.md5(), md5_of(&[1, 2, 3]));
    }

    #[tokio::test]
    async fn a_repeated_or_omitted_part_does_not_spoil_the_md5() {
        let upload = Upload::new();
        let mut parts = Vec::new();
        for (number, byte) in [(1, 9), (2, 2), (3, 3), (1, 1), (4, 4)] {
            parts.push(upload.put(number, byte).await);
            upload.hash();
        }
        // As many parts as were hashed, but others: the third was hashed as well, the fifth was not.
        let last = upload.put(5, 5).await;
        upload.complete(&[parts[3].clone(), parts[1].clone(), parts[4].clone(), last]);
        for _ in 0..2 {
            assert_eq!(upload.md5(), md5_of(&[1, 2, 4, 5]));
        }
    }
}
