//! Completes a multipart upload and verifies it before the commit.

use crate::transfer::multipart::{BucketTransfer, CheckedPart};
use crate::{Bucket, CompletedObject, Error, ErrorKind};
use std::{collections::BTreeMap, sync::Arc};

impl BucketTransfer<'_, '_> {
    /// The object that an earlier completion left, if it is the source's.
    pub(super) async fn find_completed_object(&self, gone: Error) -> Result<u64, Error> {
        let landed = match self.head().await {
            Ok(landed) => landed,
            Err(error) if error.is_retryable() || error.kind() == ErrorKind::SessionOver => {
                return Err(error);
            }
            Err(_) => return Err(gone),
        };
        match (landed.crc64, self.transfer.object.crc64) {
            (Some(theirs), Some(stated)) if theirs == stated => {
                self.verify_before_commit(landed, stated).map(|()| stated)
            }
            _ => Err(gone),
        }
    }

    pub(super) async fn complete(
        &self,
        moved: &BTreeMap<u32, CheckedPart>,
    ) -> Result<CompletedObject, Error> {
        let list: Vec<_> = moved.iter().map(|(number, m)| (*number, m.etag.clone())).collect();
        let list = &list;
        let mut tries = self.transfer.retry.start_loop();
        loop {
            let complete =
                |bucket: Arc<dyn Bucket>| async move { bucket.complete(&self.landing.id, list).await };
            match self.landing.credentials.retry(self.transfer.retry, complete).await {
                Ok(landed) if landed.crc64.is_some() => return Ok(landed),
                Ok(_) => return self.head().await,
                // An earlier try's answer was lost, or this one says what is not so.
                Err(error) if error.kind() == ErrorKind::NoSuchMultipart => {
                    if let Ok(landed) = self.head().await {
                        return Ok(landed);
                    }
                    let is_there = self.list_parts().await.is_ok();
                    tries.wait_after(if is_there { error.retryable() } else { error }).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn head(&self) -> Result<CompletedObject, Error> {
        self.landing.credentials.retry(self.transfer.retry, |bucket| async move { bucket.head().await }).await
    }

    /// The commit gate. A target that tells no CRC-64 of the whole has had each part checked instead.
    pub(super) fn verify_before_commit(&self, landed: CompletedObject, crc64: u64) -> Result<(), Error> {
        let size = self.transfer.object.size;
        if landed.size.is_some_and(|landed| landed != size)
            || landed.crc64.is_some_and(|landed| landed != crc64)
        {
            let message = "what landed in Youku's bucket is not the object";
            return Err(Error::new(ErrorKind::VerificationFailed, "gate", message).retryable());
        }
        Ok(())
    }
}
