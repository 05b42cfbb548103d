//! Youku's slice server.

use crate::adapters::error_mapping::slice_error;
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use upload_core::{Error, Md5, Slice, SliceCheck, SliceServer};
use youku::CheckStatus;

/// Youku's upload server.
pub(super) struct UploadServer(youku::SliceServer);

impl UploadServer {
    pub(super) fn new(server: youku::SliceServer) -> Self {
        Self(server)
    }
}

fn to_core_slice(next: youku::NextSlice) -> Slice {
    let none_left = Slice { id: 0, offset: 0, length: 0 };
    next.slice.map_or(none_left, |youku::Slice { id, offset, length }| Slice { id, offset, length })
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

    async fn next_slice(&self, token: &SecretString) -> Result<Slice, Error> {
        self.0.new_slice(token).await.map(to_core_slice).map_err(slice_error)
    }

    async fn send_slice(
        &self,
        token: &SecretString,
        wanted: Slice,
        bytes: Bytes,
        md5: Md5,
    ) -> Result<Slice, Error> {
        let Slice { id, offset, length } = wanted;
        let wanted = youku::Slice { id, offset, length };
        let next = self.0.upload_slice(token, &wanted, bytes, youku::Md5(md5.0)).await;
        next.map(to_core_slice).map_err(slice_error)
    }

    async fn check(&self, token: &SecretString) -> Result<SliceCheck, Error> {
        let check = self.0.check(token).await.map_err(slice_error)?;
        Ok(match check.status {
            CheckStatus::Written => SliceCheck::Written { server_ip: check.upload_server_ip },
            CheckStatus::Transferring | CheckStatus::Writing => SliceCheck::Settling,
            CheckStatus::SlicesLeft => SliceCheck::Wanting,
        })
    }
}
