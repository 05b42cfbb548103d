//! Changes that the bucket's owner makes without a request; they cause no event.

use std::io;
use std::sync::atomic::AtomicU64;

use axum::body::Body;
use bytes::Bytes;

use crate::oss::error::{OssError, Result};
use crate::oss::server::Oss;
use crate::oss::store::ingest::ingest;
use crate::oss::store::object_record::{ObjectAttributes, ObjectRecord};
use crate::oss::store::objects::PlacedObject;

impl Oss {
    /// Appends to an object; creates it if there is none.
    ///
    /// # Errors
    /// There is no such bucket, the object is not appendable, or the content cannot be written.
    pub async fn append(&self, bucket: &str, key: &str, bytes: Bytes) -> io::Result<ObjectRecord> {
        let position = self.object(bucket, key).map_or(0, |record| record.size);
        let content =
            ingest(&self.0.store, &mut Body::from(bytes), &AtomicU64::new(0), self.is_discarding(), false)
                .await;
        let content = content.map_err(to_io_error)?;
        into_record(self.0.store.append(bucket, key, default_attributes(), &content, position))
    }

    /// Creates or replaces a symlink to another key of the bucket, without checking that the key exists.
    ///
    /// # Errors
    /// There is no such bucket, or a record cannot be written.
    pub fn symlink(&self, bucket: &str, key: &str, target: &str) -> io::Result<ObjectRecord> {
        into_record(self.0.store.put_symlink(bucket, key, default_attributes(), target, false))
    }

    /// Copies an object within its bucket with its metadata, as CopyObject does; also onto itself.
    ///
    /// # Errors
    /// There is no such object, or a record cannot be written.
    pub fn copy(&self, bucket: &str, from: &str, to: &str) -> io::Result<ObjectRecord> {
        let source = self.0.store.object(bucket, from, None).map_err(to_io_error)?;
        into_record(self.0.store.copy(&source, bucket, to, None, false))
    }
}

fn default_attributes() -> ObjectAttributes {
    ObjectAttributes { content_type: "application/octet-stream".to_owned(), ..ObjectAttributes::default() }
}

fn into_record(placed: Result<PlacedObject>) -> io::Result<ObjectRecord> {
    placed.map(|placed| placed.stored.record.clone()).map_err(to_io_error)
}

fn to_io_error(error: OssError) -> io::Error {
    io::Error::other(error.code().to_owned())
}
