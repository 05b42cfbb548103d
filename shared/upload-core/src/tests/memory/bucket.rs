//! Youku's bucket.

use super::{Fault, Memory, crc64, md5_of};
use crate::*;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt;

pub(super) struct MemoryBucket {
    pub(super) memory: Memory,
    pub(super) session: usize,
    pub(super) generation: u32,
}

impl MemoryBucket {
    fn join(&self, parts: &[(u32, String)]) -> Result<Option<u64>, Error> {
        let mut world = self.memory.world();
        let answers_crc = world.answers_crc;
        let session = &mut world.sessions[self.session];
        if session.landed.is_some() {
            return Err(Error::new(ErrorKind::NoSuchUpload, "complete", "there is no such upload"));
        }
        let whole: Vec<u8> = parts.iter().flat_map(|(n, _)| session.parts[n].clone()).collect();
        let crc64 = answers_crc.then(|| crc64(&whole));
        session.landed = Some(whole);
        Ok(crc64)
    }

    async fn begin(&self, operation: &'static str) -> Result<Option<Fault>, Error> {
        let fault = self.memory.begin(operation).await;
        let mut world = self.memory.world();
        let session = &mut world.sessions[self.session];
        if matches!(&fault, Err(error) if error.kind() == ErrorKind::CredentialExpired) {
            session.expired = self.generation + 1;
        }
        if self.generation < session.expired {
            return Err(Error::new(ErrorKind::CredentialExpired, operation, "the token is stale").retryable());
        }
        fault
    }
}

#[async_trait]
impl Bucket for MemoryBucket {
    async fn initiate(&self) -> Result<MultipartId, Error> {
        let fault = self.begin("initiate").await?;
        self.memory.end(fault, "initiate", ErrorKind::Target, MultipartId("M".into())).await
    }

    async fn put_part(
        &self,
        _: &MultipartId,
        n: u32,
        length: u64,
        bytes: ByteStream,
    ) -> Result<PartReceipt, Error> {
        let fault = self.begin("part").await?;
        let broken = |_| Error::new(ErrorKind::Target, "part", "the body broke").retryable();
        let chunks: Vec<Bytes> = bytes.try_collect().await.map_err(broken)?;
        let mut bytes = chunks.concat();
        assert_eq!(bytes.len() as u64, length);
        if fault == Some(Fault::Flip) {
            bytes[0] ^= 1;
        }
        let receipt = receipt(&bytes, self.memory.world().answers_crc);
        self.memory.world().sessions[self.session].parts.insert(n, bytes);
        self.memory.end(fault, "part", ErrorKind::Target, receipt).await
    }

    async fn parts(&self, _: &MultipartId) -> Result<Vec<(u32, PartReceipt)>, Error> {
        self.begin("parts").await?;
        if self.memory.world().hides_parts {
            return Err(Error::new(ErrorKind::Target, "parts", "access denied"));
        }
        let world = self.memory.world();
        let parts = &world.sessions[self.session].parts;
        Ok(parts.iter().map(|(n, bytes)| (*n, receipt(bytes, world.answers_crc))).collect())
    }

    async fn complete(&self, _: &MultipartId, parts: &[(u32, String)]) -> Result<Landed, Error> {
        let fault = self.begin("complete").await?;
        let crc64 = self.join(parts)?;
        self.memory.end(fault, "complete", ErrorKind::Target, Landed { size: None, crc64 }).await
    }

    async fn head(&self) -> Result<Landed, Error> {
        self.begin("target_head").await?;
        let world = self.memory.world();
        let missing = || Error::new(ErrorKind::Target, "target_head", "there is no such object");
        let landed = world.sessions[self.session].landed.as_ref().ok_or_else(missing)?;
        Ok(Landed { size: Some(landed.len() as u64), crc64: world.answers_crc.then(|| crc64(landed)) })
    }
}

fn receipt(bytes: &[u8], answers_crc: bool) -> PartReceipt {
    PartReceipt {
        etag: md5_of(bytes).to_string().to_ascii_uppercase(),
        crc64: answers_crc.then(|| crc64(bytes)),
        size: bytes.len() as u64,
    }
}
