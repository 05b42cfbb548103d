//! OSS mode: parts stream from the source's ranged GET straight into UploadPart.

use super::{Part, Plan, Transfer, crc64::combined};
use crate::transfer::{
    concurrency::AdaptiveConcurrency,
    credentials::{CredentialRefresher, Refusals},
    metered_stream::{Digests, MeteredStream, StreamMonitor},
    permit_pool::PermitPool,
    prefetch::Prefetch,
    stall_timeout::with_stall_timeout,
};
use crate::{
    Error, ErrorKind, MultipartId, PartReceipt,
    ledger::UploadedPart,
    upload::{part_checkpoint::PartCheckpoint, run_context::out_of_time},
};
use futures_util::{StreamExt, TryStreamExt, stream, stream::FuturesUnordered};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{MissedTickBehavior, interval},
};

/// How often parts are compared with the source and sent again where the whole does not have the source's CRC.
const REPAIRS: u32 = 4;
/// How often the pace is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// A part that the target holds, with the CRC-64 of the bytes we sent.
#[derive(Debug, Clone)]
pub(super) struct CheckedPart {
    part: Part,
    pub(super) etag: String,
    crc64: u64,
}

/// Where the parts land.
pub(crate) struct MultipartTarget<'a, 's> {
    pub(crate) credentials: CredentialRefresher<'a>,
    pub(crate) id: MultipartId,
    pub(crate) plan: Plan,
    pub(crate) checkpoint: &'a PartCheckpoint,
    /// Reads of the first parts, where they were begun already.
    pub(crate) prefetch: Prefetch<'s>,
}

pub(super) struct BucketTransfer<'a, 's> {
    pub(super) transfer: &'a Transfer<'a>,
    pub(super) landing: MultipartTarget<'a, 's>,
    /// Where a part that is sent again gets its slot.
    slots: Arc<Semaphore>,
    /// The target's answers carry no CRC-64: parts are checked by MD5 from here on.
    by_md5: AtomicBool,
}

impl Transfer<'_> {
    /// Moves the object into the session's bucket and passes the commit gate: length and CRC-64 of what landed are the source's.
    /// Answers that CRC-64. A session that is `resumed` may hold parts already.
    ///
    /// # Errors
    /// [`Integrity`](ErrorKind::Integrity) where the gate stays shut; [`NoSuchMultipart`](ErrorKind::NoSuchMultipart) where the multipart
    /// upload is gone and the object is not there; [`Deadline`](ErrorKind::Deadline) at a part's boundary, where the run's time is
    /// over; whatever source and target refuse for good.
    pub(crate) async fn move_to_bucket(
        &self,
        landing: MultipartTarget<'_, '_>,
        resumed: bool,
    ) -> Result<u64, Error> {
        let mut slots =
            PermitPool::new(AdaptiveConcurrency::new(self.settings.in_flight, self.settings.most_in_flight));
        let by_md5 = AtomicBool::new(false);
        let transfer = BucketTransfer { transfer: self, landing, slots: slots.source(), by_md5 };
        match transfer.move_all(resumed, &mut slots).await {
            // A completion whose answer was lost, or whose caller died, leaves the object and no multipart upload.
            Err(error) if error.kind() == ErrorKind::NoSuchMultipart => {
                transfer.find_completed_object(error).await
            }
            other => other,
        }
    }
}

impl BucketTransfer<'_, '_> {
    async fn move_all(&self, resumed: bool, slots: &mut PermitPool) -> Result<u64, Error> {
        let plan = self.landing.plan;
        let mut moved = if resumed { self.parts_already_uploaded().await? } else { BTreeMap::new() };
        let missing: Vec<_> = plan.parts().filter(|part| !moved.contains_key(&part.number)).collect();
        self.move_parts(missing.into_iter(), &mut moved, slots).await?;
        let crc64 = self.verify_parts(&mut moved, slots).await?;
        let landed = self.complete(&moved).await?;
        self.verify_before_commit(landed, crc64)?;
        Ok(crc64)
    }

    /// The parts that an earlier holder moved, as the bucket lists them, or as that holder noted them where it may not be asked.
    async fn parts_already_uploaded(&self) -> Result<BTreeMap<u32, CheckedPart>, Error> {
        let noted = self.landing.checkpoint.parts().parts;
        let noted: BTreeMap<_, _> = noted.into_iter().map(|note| (note.number, note)).collect();
        let listed = match self.transfer.retry.retry(|| self.list_parts()).await {
            Ok(parts) => Some(parts.into_iter().collect::<BTreeMap<_, _>>()),
            Err(error) if error.kind() == ErrorKind::Target && !error.is_retryable() => {
                tracing::info!(?error, "the bucket does not list its parts: going by the ledger's record");
                None
            }
            Err(error) => return Err(error),
        };
        self.landing.checkpoint.replace(Vec::new());
        let moved = self.landing.plan.parts().filter_map(|part| {
            let note = noted.get(&part.number);
            let (etag, crc64) = match &listed {
                Some(listed) => {
                    let receipt = listed.get(&part.number).filter(|receipt| receipt.size == part.length)?;
                    let noted = || note.filter(|note| note.etag == receipt.etag).map(|note| note.crc64);
                    (receipt.etag.clone(), receipt.crc64.or_else(noted)?)
                }
                None => note.map(|note| (note.etag.clone(), note.crc64))?,
            };
            Some((part.number, self.accept(CheckedPart { part, etag, crc64 })))
        });
        Ok(moved.collect())
    }

    /// A bucket that does not list its parts is common: it is not asked again with other credentials.
    pub(super) async fn list_parts(&self) -> Result<Vec<(u32, PartReceipt)>, Error> {
        self.landing.credentials.call_once(|bucket| async move { bucket.parts(&self.landing.id).await }).await
    }

    fn accept(&self, moved: CheckedPart) -> CheckedPart {
        let CheckedPart { part, etag, crc64 } = &moved;
        self.landing.checkpoint.add(UploadedPart { number: part.number, etag: etag.clone(), crc64: *crc64 });
        self.transfer.progress.add_accepted(part.length);
        moved
    }

    async fn move_parts(
        &self,
        parts: impl Iterator<Item = Part>,
        moved: &mut BTreeMap<u32, CheckedPart>,
        slots: &mut PermitPool,
    ) -> Result<(), Error> {
        let mut parts = parts.peekable();
        let mut moving = FuturesUnordered::new();
        let mut looks = interval(LOOK);
        // What a frozen function missed is not made up for.
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // A slot is free again when a part's bytes have passed; its answer may take longer, but not without bound.
            let most = 2 * slots.limit();
            tokio::select! {
                biased;
                Some(result) = moving.next() => {
                    let done: CheckedPart = result?;
                    moved.insert(done.part.number, done);
                }
                Ok(permit) = self.slots.clone().acquire_owned(),
                    if moving.len() < most && parts.peek().is_some() && !self.transfer.must_stop() =>
                {
                    if let Some(permit) = slots.admit(permit)
                        && let Some(part) = parts.next()
                    {
                        moving.push(self.move_part(part, permit));
                    }
                }
                _ = looks.tick(), if !moving.is_empty() => {
                    slots.look(self.transfer.progress.bytes_read(), parts.peek().is_some());
                }
                else => break,
            }
        }
        if parts.peek().is_some() { Err(out_of_time()) } else { Ok(()) }
    }

    /// Moves one part, however often it takes.
    async fn move_part(&self, part: Part, permit: OwnedSemaphorePermit) -> Result<CheckedPart, Error> {
        let mut tries = self.transfer.retry.start_loop();
        let (mut permit, mut refusals) = (Some(permit), Refusals::default());
        loop {
            if permit.is_none() {
                permit = self.slots.clone().acquire_owned().await.ok();
            }
            match self.send_part(part, permit.take(), &mut refusals).await {
                Ok(moved) => {
                    self.transfer.retry.reset();
                    return Ok(self.accept(moved));
                }
                Err(error) => {
                    let error = self.transfer.confirm_missing(error).await;
                    tries.wait_after(error.with_context("part", part.number.to_string())).await?;
                }
            }
        }
    }

    async fn send_part(
        &self,
        part: Part,
        permit: Option<OwnedSemaphorePermit>,
        refusals: &mut Refusals,
    ) -> Result<CheckedPart, Error> {
        let bytes = match self.landing.prefetch.take(part.number).await {
            Some(read) => read?,
            None => self.transfer.read(part.range()).await?,
        };
        let by_md5 = self.by_md5.load(Relaxed);
        let progress = self.transfer.progress.clone();
        let (meter, tap) = MeteredStream::new(bytes, part.length, by_md5, permit, progress);
        let answer = self
            .landing
            .credentials
            .retry_with_fresh_credentials(refusals, |bucket| {
                let (tap, stall) = (&tap, self.transfer.settings.stall);
                async move {
                    let put = bucket.put_part(&self.landing.id, part.number, part.length, Box::pin(meter));
                    with_stall_timeout(tap, stall, put).await
                }
            })
            .await;
        let receipt = match answer {
            Ok(receipt) => receipt,
            Err(error) => {
                if let Some(cause) = tap.take_error() {
                    return Err(cause);
                }
                self.find_arrived_part(part, &tap, error).await?
            }
        };
        self.check_part(part, &tap, receipt)
    }

    /// The answer may have been lost although the part arrived: asks before sending it again.
    async fn find_arrived_part(
        &self,
        part: Part,
        tap: &StreamMonitor,
        error: Error,
    ) -> Result<PartReceipt, Error> {
        let unclear = error.is_retryable() && error.kind() == ErrorKind::Target;
        let is_gone = error.kind() == ErrorKind::NoSuchMultipart;
        if !unclear && !is_gone && error.kind() != ErrorKind::PartExists {
            return Err(error);
        }
        let parts = self.list_parts().await;
        match parts.map(|parts| parts.into_iter().find(|(number, _)| *number == part.number)) {
            Ok(Some((_, receipt))) if receipt.size == part.length && tap.digests().is_some() => Ok(receipt),
            // A multipart upload that lists its parts is there.
            Ok(_) if is_gone => Err(error.retryable()),
            // What an early refusal said was lost with its connection; this answer is not.
            Err(other) if matches!(other.kind(), ErrorKind::NoSuchMultipart | ErrorKind::SessionOver) => {
                Err(other)
            }
            _ => Err(error),
        }
    }

    fn check_part(
        &self,
        part: Part,
        tap: &StreamMonitor,
        receipt: PartReceipt,
    ) -> Result<CheckedPart, Error> {
        let damaged = || Error::new(ErrorKind::Integrity, "UploadPart", "a part arrived damaged").retryable();
        let Some(Digests { crc64, md5 }) = tap.digests() else {
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
            _ => Ok(CheckedPart { part, etag: receipt.etag, crc64 }),
        }
    }

    /// The CRC-64 of all parts, after comparing it with the source's and sending again what differs.
    async fn verify_parts(
        &self,
        moved: &mut BTreeMap<u32, CheckedPart>,
        slots: &mut PermitPool,
    ) -> Result<u64, Error> {
        for repair in 0..=REPAIRS {
            let crc64 = combined(moved.values().map(|m| (m.crc64, m.part.length)));
            if self.transfer.object.crc64.is_none_or(|stated| stated == crc64) {
                return Ok(crc64);
            }
            if repair < REPAIRS {
                tracing::warn!("the parts do not have the object's CRC-64: comparing each with the source");
                let damaged = self.find_damaged(moved).await?;
                self.move_parts(damaged.into_iter(), moved, slots).await?;
            }
        }
        let message = "the bytes read do not have the object's CRC-64, though read several times";
        Err(Error::new(ErrorKind::VerificationFailed, "gate", message))
    }

    /// The parts whose bytes the source now sends differently.
    async fn find_damaged(&self, moved: &BTreeMap<u32, CheckedPart>) -> Result<Vec<Part>, Error> {
        stream::iter(moved.values().cloned())
            .map(|m| async move {
                let measured = || async {
                    match self.source_crc(m.part).await {
                        Err(error) => Err(self.transfer.confirm_missing(error).await),
                        crc64 => crc64,
                    }
                };
                let crc64 = self.transfer.retry.retry(measured).await?;
                Ok((crc64 != m.crc64).then_some(m.part))
            })
            .buffer_unordered(self.transfer.settings.in_flight)
            .try_filter_map(|part| async move { Ok(part) })
            .try_collect()
            .await
    }

    async fn source_crc(&self, part: Part) -> Result<u64, Error> {
        let bytes = self.transfer.read(part.range()).await?;
        let (mut meter, tap) =
            MeteredStream::new(bytes, part.length, false, None, self.transfer.progress.clone());
        while let Some(chunk) = meter.next().await {
            chunk?;
        }
        let ended = || Error::new(ErrorKind::Source, "read", "the source ended early").retryable();
        tap.digests().map(|passed| passed.crc64).ok_or_else(ended)
    }
}
