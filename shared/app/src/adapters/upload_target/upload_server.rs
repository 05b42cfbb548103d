//! Youku's slice server.

use crate::adapters::error_mapping::slice_error;
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use upload_core::{Check, Error, Md5, Slice, SliceServer};

/// Youku's upload server.
pub(super) struct UploadServer(youku::SliceServer);

impl UploadServer {
    pub(super) fn new(server: youku::SliceServer) -> Self {
        Self(server)
    }
}

#[async_trait]
impl SliceServer for UploadServer {
    fn address(&self) -> &str {
        self.0.address()
    }

    async fn create_file(
        &self,
        token: &SecretString,
        size: u64,
        extension: &str,
        slice_kib: u32,
    ) -> Result<(), Error> {
        self.0.create_file(token, size, extension, slice_kib).await.map_err(slice_error)
    }

    async fn next_slice(&self, token: &SecretString) -> Result<Option<Slice>, Error> {
        self.0.new_slice(token).await.map(|next| next.slice).map_err(slice_error)
    }

    async fn send_slice(
        &self,
        token: &SecretString,
        slice: Slice,
        bytes: Bytes,
        md5: Md5,
    ) -> Result<Option<Slice>, Error> {
        let next = self.0.upload_slice(token, &slice, bytes, md5).await;
        next.map(|next| next.slice).map_err(slice_error)
    }

    async fn check(&self, token: &SecretString) -> Result<Check, Error> {
        self.0.check(token).await.map_err(slice_error)
    }
}
