//! Youku's bucket.

use super::{Fault, Memory, SinglePut, crc64, md5_of};
use crate::*;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt;
use std::collections::BTreeMap;
use tokio::time::Instant;

pub(super) struct MemoryBucket {
    pub(super) memory: Memory,
    pub(super) session: usize,
    pub(super) generation: u32,
}

impl MemoryBucket {
    fn join(&self, id: &MultipartId, listed: &[(u32, String)]) -> Result<Option<u64>, Error> {
        let mut world = self.memory.world();
        let answers_crc = !world.quirks.answers_no_crc;
        let session = &mut world.sessions[self.session];
        let parts = session.multipart.get(&id.0).ok_or_else(|| no_such_upload("complete"))?;
        let mut whole = Vec::new();
        for (number, etag) in listed {
            let part = parts.get(number).filter(|(_, receipt)| receipt.etag == *etag);
            let (bytes, _) =
                part.ok_or_else(|| Error::new(ErrorKind::Target, "complete", "there is no such part"))?;
            whole.extend_from_slice(bytes);
        }
        let crc64 = answers_crc.then(|| crc64(&whole));
        (session.landed, session.was_put) = (Some(whole), false);
        session.multipart.remove(&id.0);
        Ok(crc64)
    }

    /// Keeps a part, which is nothing new where the bucket holds the same.
    fn keep(&self, id: &MultipartId, n: u32, bytes: Vec<u8>, receipt: PartReceipt) -> Result<(), Error> {
        let mut world = self.memory.world();
        let parts = world.sessions[self.session].multipart.get_mut(&id.0);
        parts.ok_or_else(|| no_such_upload("part"))?.insert(n, (bytes, receipt));
        world.accepted.push((Instant::now(), n.into()));
        Ok(())
    }

    async fn begin(&self, operation: &'static str) -> Result<Option<Fault>, Error> {
        let fault = self.memory.begin(operation).await;
        let mut world = self.memory.world();
        let life = world.credentials_life;
        let session = &mut world.sessions[self.session];
        if session.granted.is_some_and(|granted| granted.elapsed() >= life) {
            session.expired = session.expired.max(session.generation + 1);
        }
        if matches!(&fault, Err(error) if error.kind() == ErrorKind::CredentialExpired) {
            session.expired = self.generation + 1;
        }
        if self.generation < session.expired { Err(stale(operation)) } else { fault }
    }
}

#[async_trait]
impl Bucket for MemoryBucket {
    async fn initiate(&self) -> Result<MultipartId, Error> {
        let fault = self.begin("initiate").await?;
        let id = {
            let session = &mut self.memory.world().sessions[self.session];
            session.multiparts += 1;
            let id = format!("M{}", session.multiparts);
            session.multipart.insert(id.clone(), BTreeMap::new());
            MultipartId(id)
        };
        self.memory.end(fault, "initiate", ErrorKind::Target, id).await
    }

    async fn put(&self, length: u64, bytes: ByteStream) -> Result<CompletedObject, Error> {
        let fault = self.begin("put").await?;
        if self.memory.world().quirks.single_put == Some(SinglePut::RefusedAtBucket) {
            return Err(Error::new(ErrorKind::Target, "put", "access denied"));
        }
        let broken = |_| Error::new(ErrorKind::Target, "put", "the body broke").retryable();
        let chunks: Vec<Bytes> = bytes.try_collect().await.map_err(broken)?;
        let mut bytes = chunks.concat();
        assert_eq!(bytes.len() as u64, length);
        if fault == Some(Fault::Flip) {
            bytes[0] ^= 1;
        }
        let stored = {
            let mut world = self.memory.world();
            let crc64 = (!world.quirks.answers_no_crc).then(|| crc64(&bytes));
            let session = &mut world.sessions[self.session];
            (session.landed, session.was_put) = (Some(bytes), true);
            CompletedObject { size: None, crc64 }
        };
        self.memory.end(fault, "put", ErrorKind::Target, stored).await
    }

    async fn put_part(
        &self,
        id: &MultipartId,
        n: u32,
        length: u64,
        bytes: ByteStream,
    ) -> Result<PartReceipt, Error> {
        self.memory.world().sent.push(n.into());
        let fault = self.begin("part").await?;
        let broken = |_| Error::new(ErrorKind::Target, "part", "the body broke").retryable();
        let chunks: Vec<Bytes> = bytes.try_collect().await.map_err(broken)?;
        let mut bytes = chunks.concat();
        assert_eq!(bytes.len() as u64, length);
        if fault == Some(Fault::Flip) {
            bytes[0] ^= 1;
        }
        if fault == Some(Fault::Expire) {
            self.memory.world().sessions[self.session].expired = self.generation + 1;
            return Err(stale("part"));
        }
        let receipt = receipt(&bytes, !self.memory.world().quirks.answers_no_crc);
        self.keep(id, n, bytes, receipt.clone())?;
        self.memory.end(fault, "part", ErrorKind::Target, receipt).await
    }

    async fn parts(&self, id: &MultipartId) -> Result<Vec<(u32, PartReceipt)>, Error> {
        self.begin("parts").await?;
        if self.memory.world().quirks.hides_parts {
            return Err(Error::new(ErrorKind::Target, "parts", "access denied"));
        }
        let world = self.memory.world();
        let parts = world.sessions[self.session].multipart.get(&id.0);
        let parts = parts.ok_or_else(|| no_such_upload("parts"))?;
        Ok(parts.iter().map(|(n, (_, receipt))| (*n, receipt.clone())).collect())
    }

    async fn complete(&self, id: &MultipartId, parts: &[(u32, String)]) -> Result<CompletedObject, Error> {
        let fault = self.begin("complete").await?;
        let crc64 = self.join(id, parts)?;
        self.memory.end(fault, "complete", ErrorKind::Target, CompletedObject { size: None, crc64 }).await
    }

    async fn head(&self) -> Result<CompletedObject, Error> {
        self.begin("target_head").await?;
        let world = self.memory.world();
        let missing = || Error::new(ErrorKind::Target, "target_head", "there is no such object");
        let landed = world.sessions[self.session].landed.as_ref().ok_or_else(missing)?;
        Ok(CompletedObject {
            size: Some(landed.len() as u64),
            crc64: (!world.quirks.answers_no_crc).then(|| crc64(landed)),
        })
    }
}

fn no_such_upload(operation: &'static str) -> Error {
    Error::new(ErrorKind::NoSuchMultipart, operation, "there is no such upload")
}

fn stale(operation: &'static str) -> Error {
    Error::new(ErrorKind::CredentialExpired, operation, "the token is stale").retryable()
}

fn receipt(bytes: &[u8], answers_crc: bool) -> PartReceipt {
    PartReceipt {
        etag: md5_of(bytes).to_string().to_ascii_uppercase(),
        crc64: answers_crc.then(|| crc64(bytes)),
        size: bytes.len() as u64,
    }
}
