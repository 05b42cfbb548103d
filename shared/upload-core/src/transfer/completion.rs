//! Completes a multipart upload and verifies it before the commit.

use crate::transfer::multipart::{BucketTransfer, CheckedPart};
use crate::{Bucket, CompletedObject, Error, ErrorKind};
use std::{collections::BTreeMap, sync::Arc};

impl BucketTransfer<'_, '_> {
    /// Finds the object that an earlier completion left. Returns its CRC-64 if it is the source's, otherwise the error `gone`.
    pub(super) async fn find_completed_object(&self, gone: Error) -> Result<u64, Error> {
        let completed = match self.head().await {
            Ok(completed) => completed,
            Err(error) if error.is_retryable() || error.kind() == ErrorKind::SessionOver => {
                return Err(error);
            }
            Err(_) => return Err(gone),
        };
        match (completed.crc64, self.transfer.object.crc64) {
            (Some(theirs), Some(stated)) if theirs == stated => {
                self.verify_before_commit(completed, stated).map(|()| stated)
            }
            _ => Err(gone),
        }
    }

    /// Completes the multipart upload. If the answer is lost, the object that is there tells.
    pub(super) async fn complete(
        &self,
        parts: &BTreeMap<u32, CheckedPart>,
    ) -> Result<CompletedObject, Error> {
        let list: Vec<_> = parts.iter().map(|(number, part)| (*number, part.etag.clone())).collect();
        let list = &list;
        let mut tries = self.transfer.retry.start_loop();
        loop {
            let complete =
                |bucket: Arc<dyn Bucket>| async move { bucket.complete(&self.target.id, list).await };
            match self.target.credentials.retry(self.transfer.retry, complete).await {
                Ok(completed) if completed.crc64.is_some() => return Ok(completed),
                Ok(_) => return self.head().await,
                // The answer to an earlier attempt was lost, or this answer is wrong.
                Err(error) if error.kind() == ErrorKind::NoSuchMultipart => {
                    if let Ok(completed) = self.head().await {
                        return Ok(completed);
                    }
                    let is_there = self.list_parts().await.is_ok();
                    tries.wait_after(if is_there { error.retryable() } else { error }).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn head(&self) -> Result<CompletedObject, Error> {
        self.target.credentials.retry(self.transfer.retry, |bucket| async move { bucket.head().await }).await
    }

    /// Checks length and CRC-64 of the completed object. If the target states no CRC-64 of the whole, each part was checked instead.
    pub(super) fn verify_before_commit(&self, completed: CompletedObject, crc64: u64) -> Result<(), Error> {
        let size = self.transfer.object.size;
        if completed.size.is_some_and(|found| found != size)
            || completed.crc64.is_some_and(|found| found != crc64)
        {
            let message = "what landed in Youku's bucket is not the object";
            return Err(Error::new(ErrorKind::VerificationFailed, "gate", message).retryable());
        }
        Ok(())
    }
}
