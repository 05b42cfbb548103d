//! Completing a multipart upload, and the commit gate behind it.

use super::bucket::{BucketTransfer, Moved};
use crate::{Bucket, Error, ErrorKind, Landed};
use std::{collections::BTreeMap, sync::Arc};

impl BucketTransfer<'_, '_> {
    /// The object that an earlier completion left, if it is the source's.
    pub(super) async fn landed_before(&self, gone: Error) -> Result<u64, Error> {
        let landed = match self.head().await {
            Ok(landed) => landed,
            Err(error) if error.is_retryable() || error.kind() == ErrorKind::SessionOver => {
                return Err(error);
            }
            Err(_) => return Err(gone),
        };
        match (landed.crc64, self.transfer.object.crc64) {
            (Some(theirs), Some(stated)) if theirs == stated => self.gate(landed, stated).map(|()| stated),
            _ => Err(gone),
        }
    }

    pub(super) async fn complete(&self, moved: &BTreeMap<u32, Moved>) -> Result<Landed, Error> {
        let list: Vec<_> = moved.iter().map(|(number, m)| (*number, m.etag.clone())).collect();
        let list = &list;
        let mut tries = self.transfer.patience.tries();
        loop {
            let complete =
                |bucket: Arc<dyn Bucket>| async move { bucket.complete(&self.landing.id, list).await };
            match self.landing.grants.retrying(self.transfer.patience, complete).await {
                Ok(landed) if landed.crc64.is_some() => return Ok(landed),
                Ok(_) => return self.head().await,
                // An earlier try's answer was lost, or this one says what is not so.
                Err(error) if error.kind() == ErrorKind::NoSuchUpload => {
                    if let Ok(landed) = self.head().await {
                        return Ok(landed);
                    }
                    let is_there = self.list_parts().await.is_ok();
                    tries.after(if is_there { error.retryable() } else { error }).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn head(&self) -> Result<Landed, Error> {
        self.landing
            .grants
            .retrying(self.transfer.patience, |bucket| async move { bucket.head().await })
            .await
    }

    /// The commit gate. A target that tells no CRC-64 of the whole has had each part checked instead.
    pub(super) fn gate(&self, landed: Landed, crc64: u64) -> Result<(), Error> {
        let size = self.transfer.object.size;
        if landed.size.is_some_and(|landed| landed != size)
            || landed.crc64.is_some_and(|landed| landed != crc64)
        {
            let message = "what landed in Youku's bucket is not the object";
            return Err(Error::new(ErrorKind::Integrity, "gate", message).retryable());
        }
        Ok(())
    }
}
