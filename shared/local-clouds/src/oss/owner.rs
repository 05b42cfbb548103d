//! What the bucket's owner does to objects without a request: no event tells of it.

use std::io;
use std::sync::atomic::AtomicU64;

use axum::body::Body;
use bytes::Bytes;

use super::store::{Described, ObjectRecord, Placed, ingest};
use super::{Oss, error};

impl Oss {
    /// Appends to an object, which is begun where there is none.
    ///
    /// # Errors
    /// There is no such bucket, the object is not appendable, or the content cannot be written.
    pub async fn append(&self, bucket: &str, key: &str, bytes: Bytes) -> io::Result<ObjectRecord> {
        let position = self.object(bucket, key).map_or(0, |record| record.size);
        let content =
            ingest(&self.0.store, &mut Body::from(bytes), &AtomicU64::new(0), self.discards()).await;
        let content = content.map_err(refused)?;
        placed(self.0.store.append(bucket, key, described(), &content, position))
    }

    /// Makes, or replaces, a symlink to another key of the bucket; whether that exists is not looked at.
    ///
    /// # Errors
    /// There is no such bucket, or a record cannot be written.
    pub fn symlink(&self, bucket: &str, key: &str, target: &str) -> io::Result<ObjectRecord> {
        placed(self.0.store.put_symlink(bucket, key, described(), target, false))
    }

    /// Copies an object within its bucket, with its metadata, as CopyObject does; onto itself too.
    ///
    /// # Errors
    /// There is no such object, or a record cannot be written.
    pub fn copy(&self, bucket: &str, from: &str, to: &str) -> io::Result<ObjectRecord> {
        let source = self.0.store.object(bucket, from, None).map_err(refused)?;
        placed(self.0.store.copy(&source, bucket, to, None, false))
    }
}

fn described() -> Described {
    Described { content_type: "application/octet-stream".to_owned(), ..Described::default() }
}

fn placed(placed: error::Result<Placed>) -> io::Result<ObjectRecord> {
    placed.map(|placed| placed.stored.record.clone()).map_err(refused)
}

fn refused(error: error::OssError) -> io::Error {
    io::Error::other(error.code().to_owned())
}
