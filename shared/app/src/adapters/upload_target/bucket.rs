//! The bucket that Youku names for an upload.

use crate::adapters::error_mapping::bucket_error;
use async_trait::async_trait;
use futures_util::TryStreamExt;
use http_body_util::StreamBody;
use object_storage::{PutBody, Store};
use upload_core::{Bucket, ByteStream, CompletedObject, Error, MultipartId, PartReceipt};

/// One object in Youku's bucket.
pub(super) struct YoukuBucket {
    store: Store,
    key: String,
}

impl YoukuBucket {
    pub(super) fn new(store: Store, key: String) -> Self {
        Self { store, key }
    }
}

fn to_storage_id(id: &MultipartId) -> object_storage::MultipartId {
    id.0.as_str().into()
}

#[async_trait]
impl Bucket for YoukuBucket {
    async fn initiate(&self) -> Result<MultipartId, Error> {
        let id = self.store.initiate_multipart(&self.key, &Default::default()).await.map_err(bucket_error)?;
        Ok(MultipartId(id.to_string()))
    }

    async fn put(&self, length: u64, bytes: ByteStream) -> Result<CompletedObject, Error> {
        let body = StreamBody::new(bytes.map_ok(http_body::Frame::data));
        let body = PutBody::stream(body, length);
        let stored = self.store.put(&self.key, body, &Default::default()).await.map_err(bucket_error)?;
        Ok(CompletedObject { size: None, crc64: stored.crc64 })
    }

    async fn put_part(
        &self,
        id: &MultipartId,
        number: u32,
        length: u64,
        bytes: ByteStream,
    ) -> Result<PartReceipt, Error> {
        let body = StreamBody::new(bytes.map_ok(http_body::Frame::data));
        let part = self.store.upload_part(&self.key, &to_storage_id(id), number, body, length).await;
        let part = part.map_err(bucket_error)?;
        Ok(PartReceipt { etag: part.etag, crc64: part.crc64, size: length })
    }

    async fn parts(&self, id: &MultipartId) -> Result<Vec<(u32, PartReceipt)>, Error> {
        let parts = self.store.list_parts(&self.key, &to_storage_id(id)).await.map_err(bucket_error)?;
        let receipt = |part: object_storage::PartRecord| {
            (part.number, PartReceipt { etag: part.etag, crc64: part.crc64, size: part.size })
        };
        Ok(parts.into_iter().map(receipt).collect())
    }

    async fn complete(&self, id: &MultipartId, parts: &[(u32, String)]) -> Result<CompletedObject, Error> {
        let done = self.store.complete_multipart(&self.key, &to_storage_id(id), parts, false).await;
        let done = done.map_err(bucket_error)?;
        Ok(CompletedObject { size: None, crc64: done.crc64 })
    }

    async fn head(&self) -> Result<CompletedObject, Error> {
        let head = self.store.head(&self.key).await.map_err(bucket_error)?;
        Ok(CompletedObject { size: Some(head.size), crc64: head.crc64 })
    }
}
