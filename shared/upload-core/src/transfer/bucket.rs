//! OSS mode: parts stream from the source's ranged GET straight into UploadPart.

use super::{
    Part, Plan, Transfer, combined_crc,
    grants::Grants,
    meter::{Meter, Passed, Tap},
};
use crate::{BucketSession, Error, ErrorKind, Landed, MultipartId, PartReceipt, Youku};
use futures_util::{StreamExt, TryStreamExt, stream, stream::FuturesUnordered};
use std::{
    collections::BTreeMap,
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

/// How often parts are compared with the source and sent again where the whole does not have the source's CRC.
const REPAIRS: u32 = 2;

/// A part that the target holds, with the CRC-64 of the bytes we sent.
#[derive(Debug, Clone)]
struct Moved {
    part: Part,
    etag: String,
    crc64: u64,
}

struct BucketTransfer<'a> {
    transfer: &'a Transfer<'a>,
    grants: Grants<'a>,
    id: MultipartId,
    slots: Arc<Semaphore>,
    /// The target's answers carry no CRC-64: parts are checked by MD5 from here on.
    by_md5: AtomicBool,
}

impl Transfer<'_> {
    /// Moves the object into the session's bucket and passes the commit gate: length and CRC-64 of what landed are the source's.
    ///
    /// # Errors
    /// [`Integrity`](ErrorKind::Integrity) where the gate stays shut; whatever source and target refuse for good.
    pub(crate) async fn move_to_bucket(
        &self,
        youku: &dyn Youku,
        session: &BucketSession,
    ) -> Result<(), Error> {
        let grants = Grants::new(youku, session)?;
        let id = grants.retrying(self.patience, |bucket| async move { bucket.initiate().await }).await?;
        let slots = Arc::new(Semaphore::new(self.settings.in_flight));
        let transfer = BucketTransfer { transfer: self, grants, id, slots, by_md5: AtomicBool::new(false) };
        let plan = Plan::new(self.object.size, self.settings.part_size, self.settings.in_flight);
        let mut moved = BTreeMap::new();
        transfer.move_parts(plan.parts(), &mut moved).await?;
        let crc64 = transfer.verified(&mut moved).await?;
        let landed = transfer.complete(&moved).await?;
        transfer.gate(landed, crc64)
    }
}

impl BucketTransfer<'_> {
    async fn move_parts(
        &self,
        parts: impl Iterator<Item = Part>,
        moved: &mut BTreeMap<u32, Moved>,
    ) -> Result<(), Error> {
        let mut parts = parts.peekable();
        let mut moving = FuturesUnordered::new();
        // A slot is free again when a part's bytes have passed; its answer may take longer, but not without bound.
        let most = 2 * self.transfer.settings.in_flight;
        loop {
            tokio::select! {
                biased;
                Some(result) = moving.next() => {
                    let done: Moved = result?;
                    moved.insert(done.part.number, done);
                }
                Ok(permit) = self.slots.clone().acquire_owned(),
                    if moving.len() < most && parts.peek().is_some() =>
                {
                    if let Some(part) = parts.next() {
                        moving.push(self.move_part(part, permit));
                    }
                }
                else => return Ok(()),
            }
        }
    }

    /// Moves one part, however often it takes.
    async fn move_part(&self, part: Part, permit: OwnedSemaphorePermit) -> Result<Moved, Error> {
        let mut tries = self.transfer.patience.tries();
        let mut permit = Some(permit);
        loop {
            if permit.is_none() {
                permit = self.slots.clone().acquire_owned().await.ok();
            }
            match self.send_part(part, permit.take()).await {
                Ok(moved) => {
                    self.transfer.patience.renew();
                    self.transfer.progress.add_accepted(part.length);
                    return Ok(moved);
                }
                Err(error) => tries.after(error.with("part", part.number.to_string())).await?,
            }
        }
    }

    async fn send_part(&self, part: Part, permit: Option<OwnedSemaphorePermit>) -> Result<Moved, Error> {
        let bytes = self.transfer.read(part.range()).await?;
        let by_md5 = self.by_md5.load(Relaxed);
        let progress = self.transfer.progress.clone();
        let (meter, tap) = Meter::new(bytes, part.length, by_md5, permit, progress);
        let answer = self
            .grants
            .once(|bucket| {
                let (tap, stall) = (&tap, self.transfer.settings.stall);
                async move {
                    let put = bucket.put_part(&self.id, part.number, part.length, Box::pin(meter));
                    watched(tap, stall, put).await
                }
            })
            .await;
        let receipt = match answer {
            Ok(receipt) => receipt,
            Err(error) => {
                if let Some(cause) = tap.take_error() {
                    return Err(cause);
                }
                self.perhaps_arrived(part, &tap, error).await?
            }
        };
        self.check_part(part, &tap, receipt)
    }

    /// The answer may have been lost although the part arrived: asks before sending it again.
    async fn perhaps_arrived(&self, part: Part, tap: &Tap, error: Error) -> Result<PartReceipt, Error> {
        let unclear = error.is_retryable() && error.kind() == ErrorKind::Target;
        if !(unclear || error.kind() == ErrorKind::PartExists) || tap.passed().is_none() {
            return Err(error);
        }
        let parts = self.grants.once(|bucket| async move { bucket.parts(&self.id).await }).await;
        match parts.map(|parts| parts.into_iter().find(|(number, _)| *number == part.number)) {
            Ok(Some((_, receipt))) if receipt.size == part.length => Ok(receipt),
            Err(other) if other.kind() == ErrorKind::NoSuchUpload => Err(other),
            _ => Err(error),
        }
    }

    fn check_part(&self, part: Part, tap: &Tap, receipt: PartReceipt) -> Result<Moved, Error> {
        let damaged = || Error::new(ErrorKind::Integrity, "UploadPart", "a part arrived damaged").retryable();
        let Some(Passed { crc64, md5 }) = tap.passed() else {
            // An answer before the last byte cannot be about this part.
            return Err(damaged());
        };
        match (receipt.crc64, md5) {
            (Some(theirs), _) if theirs != crc64 => Err(damaged()),
            (None, Some(md5)) if !receipt.etag.eq_ignore_ascii_case(&md5.to_string()) => Err(damaged()),
            (None, None) => {
                self.by_md5.store(true, Relaxed);
                Err(Error::new(ErrorKind::Integrity, "UploadPart", "a part's answer has no CRC-64")
                    .retryable())
            }
            _ => Ok(Moved { part, etag: receipt.etag, crc64 }),
        }
    }

    /// The CRC-64 of all parts, after comparing it with the source's and sending again what differs.
    async fn verified(&self, moved: &mut BTreeMap<u32, Moved>) -> Result<u64, Error> {
        for repair in 0..=REPAIRS {
            let crc64 = combined_crc(moved.values().map(|m| (m.crc64, m.part.length)));
            if self.transfer.object.crc64.is_none_or(|stated| stated == crc64) {
                return Ok(crc64);
            }
            if repair < REPAIRS {
                tracing::warn!("the parts do not have the object's CRC-64: comparing each with the source");
                let damaged = self.damaged(moved).await?;
                self.move_parts(damaged.into_iter(), moved).await?;
            }
        }
        let message = "the bytes read do not have the object's CRC-64, though read several times";
        Err(Error::new(ErrorKind::Integrity, "gate", message))
    }

    /// The parts whose bytes the source now sends differently.
    async fn damaged(&self, moved: &BTreeMap<u32, Moved>) -> Result<Vec<Part>, Error> {
        stream::iter(moved.values().cloned())
            .map(|m| async move {
                let crc64 = self.transfer.patience.retrying(|| self.crc_of(m.part)).await?;
                Ok((crc64 != m.crc64).then_some(m.part))
            })
            .buffer_unordered(self.transfer.settings.in_flight)
            .try_filter_map(|part| async move { Ok(part) })
            .try_collect()
            .await
    }

    async fn crc_of(&self, part: Part) -> Result<u64, Error> {
        let bytes = self.transfer.read(part.range()).await?;
        let (mut meter, tap) = Meter::new(bytes, part.length, false, None, self.transfer.progress.clone());
        while let Some(chunk) = meter.next().await {
            chunk?;
        }
        let ended = || Error::new(ErrorKind::Source, "read", "the source ended early").retryable();
        tap.passed().map(|passed| passed.crc64).ok_or_else(ended)
    }

    async fn complete(&self, moved: &BTreeMap<u32, Moved>) -> Result<Landed, Error> {
        let list: Vec<_> = moved.iter().map(|(number, m)| (*number, m.etag.clone())).collect();
        let list = &list;
        let done = self
            .grants
            .retrying(self.transfer.patience, |bucket| async move { bucket.complete(&self.id, list).await })
            .await;
        match done {
            Ok(landed) if landed.crc64.is_some() => Ok(landed),
            // A completion whose answer was lost leaves the object and no multipart upload.
            Ok(_) => self.head().await,
            Err(error) if error.kind() == ErrorKind::NoSuchUpload => self.head().await.map_err(|_| error),
            Err(error) => Err(error),
        }
    }

    async fn head(&self) -> Result<Landed, Error> {
        self.grants.retrying(self.transfer.patience, |bucket| async move { bucket.head().await }).await
    }

    /// The commit gate. A target that tells no CRC-64 of the whole has had each part checked instead.
    fn gate(&self, landed: Landed, crc64: u64) -> Result<(), Error> {
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

/// Ends a call that neither moves a byte nor answers for `stall`. A time-out on the whole call would end slow uploads that are well.
async fn watched<T>(
    tap: &Tap,
    stall: std::time::Duration,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let begun = Instant::now();
    let mut call = pin!(call);
    loop {
        let quiet_since = tap.last_byte().unwrap_or(begun);
        tokio::select! {
            answer = &mut call => return answer,
            () = sleep_until(quiet_since + stall) => {
                if tap.last_byte().unwrap_or(begun) == quiet_since {
                    let message = "the target took no byte and gave no answer";
                    return Err(Error::new(ErrorKind::Target, "UploadPart", message).retryable());
                }
            }
        }
    }
}
