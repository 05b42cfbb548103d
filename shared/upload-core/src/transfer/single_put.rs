//! OSS mode in one request: the whole object streams from the source's GET straight into one PutObject.

use super::Transfer;
use crate::{
    Error, ErrorKind,
    transfer::{
        credentials::{CredentialRefresher, Refusals},
        metered_stream::{Digests, MeteredStream, StreamMonitor},
        prefetch::Prefetch,
        stall_timeout::with_stall_timeout,
    },
    upload::run_context::out_of_time,
};

/// How often the object is sent before the multipart way is taken: a bucket that refuses early closes the connection, which shows as a
/// failure without a reason.
const ATTEMPTS: u32 = 3;

/// The place that receives the object.
pub(crate) struct SinglePutTarget<'a, 's> {
    pub(crate) credentials: CredentialRefresher<'a>,
    /// The read of the whole object, if it was started early.
    pub(crate) prefetch: Prefetch<'s>,
}

impl Transfer<'_> {
    /// Puts the object, whose CRC-64 is `crc64`, into the session's bucket and verifies it for the commit. In a `resumed` session it may be
    /// there already; so it may be after a lost answer: the object that is there tells. Without `may_send` that is all that is done.
    ///
    /// # Errors
    /// [`Target`](ErrorKind::Target) where the bucket takes no PutObject: permanent where it says so; [`Integrity`](ErrorKind::Integrity)
    /// and [`VerificationFailed`](ErrorKind::VerificationFailed), retryable, where the bytes stored or read have another CRC-64 each time;
    /// [`Deadline`](ErrorKind::Deadline) before it is sent, if the run's time is over; what source and session answer.
    pub(crate) async fn put_to_bucket(
        &self,
        target: SinglePutTarget<'_, '_>,
        crc64: u64,
        resumed: bool,
        may_send: bool,
    ) -> Result<u64, Error> {
        if resumed && self.is_there(&target, crc64).await? {
            self.progress.add_accepted(self.object.size);
            return Ok(crc64);
        }
        if !may_send {
            let message = "no single PutObject is allowed any more";
            return Err(Error::new(ErrorKind::Target, "PutObject", message).retryable());
        }
        let (mut tries, mut refusals, mut failed) = (self.retry.start_loop(), Refusals::default(), 0);
        loop {
            if self.must_stop() {
                return Err(out_of_time());
            }
            let error = match self.put_once(&target, &mut refusals, crc64).await {
                Ok(()) => break,
                Err(error) => error,
            };
            failed += u32::from(is_of_this_way(&error));
            if failed >= ATTEMPTS && is_of_this_way(&error) {
                return Err(error);
            }
            tries.wait_after(self.confirm_missing(error).await).await?;
        }
        self.retry.reset();
        self.progress.add_accepted(self.object.size);
        Ok(crc64)
    }

    async fn put_once(
        &self,
        target: &SinglePutTarget<'_, '_>,
        refusals: &mut Refusals,
        crc64: u64,
    ) -> Result<(), Error> {
        let size = self.object.size;
        let bytes = match target.prefetch.take(1).await {
            Some(read) => read?,
            None => self.read(0..size).await?,
        };
        let (stream, monitor) = MeteredStream::new(bytes, size, false, None, self.progress.clone());
        monitor.count_in_flight(self.progress);
        let put = target.credentials.retry_with_fresh_credentials(refusals, |bucket| {
            let (monitor, stall) = (&monitor, self.settings.stall);
            async move { with_stall_timeout(monitor, stall, bucket.put(size, Box::pin(stream))).await }
        });
        match put.await {
            Ok(stored) => {
                check_sent(&monitor, crc64)?;
                let arrived = match stored.crc64 {
                    Some(stored) => stored == crc64,
                    None => self.is_there(target, crc64).await?,
                };
                if arrived { Ok(()) } else { Err(damaged()) }
            }
            Err(error) => {
                if let Some(cause) = monitor.take_error() {
                    return Err(cause);
                }
                let is_unclear = error.is_retryable() && error.kind() == ErrorKind::Target;
                if is_unclear && self.is_there(target, crc64).await? { Ok(()) } else { Err(error) }
            }
        }
    }

    /// Whether the bucket holds the object, as its length and CRC-64 say.
    async fn is_there(&self, target: &SinglePutTarget<'_, '_>, crc64: u64) -> Result<bool, Error> {
        let head = || target.credentials.call_once(|bucket| async move { bucket.head().await });
        match self.retry.retry(head).await {
            Ok(found) => Ok(found.size == Some(self.object.size) && found.crc64 == Some(crc64)),
            Err(error) if error.is_retryable() || error.kind() == ErrorKind::SessionOver => Err(error),
            Err(_) => Ok(false),
        }
    }
}

/// Whether the error may be due to the one request: parts may do better.
fn is_of_this_way(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Target | ErrorKind::Integrity | ErrorKind::VerificationFailed)
}

/// Compares the CRC-64 of the bytes that passed with the object's.
fn check_sent(monitor: &StreamMonitor, crc64: u64) -> Result<(), Error> {
    match monitor.digests() {
        Some(Digests { crc64: sent, .. }) if sent != crc64 => {
            let message = "the bytes read do not have the object's CRC-64";
            Err(Error::new(ErrorKind::VerificationFailed, "PutObject", message).retryable())
        }
        Some(_) => Ok(()),
        // An answer that came before the last byte does not describe this object.
        None => Err(damaged()),
    }
}

fn damaged() -> Error {
    Error::new(ErrorKind::Integrity, "PutObject", "the object arrived damaged").retryable()
}
