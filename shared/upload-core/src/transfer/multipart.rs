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

/// How often parts are compared with the source and sent again if the whole does not have the source's CRC-64.
const REPAIRS: u32 = 4;
/// Interval at which the concurrency is adapted.
const ADAPT_INTERVAL: Duration = Duration::from_millis(100);

/// A part that the target has, with the CRC-64 of the bytes that were sent.
#[derive(Debug, Clone)]
pub(super) struct CheckedPart {
    part: Part,
    pub(super) etag: String,
    crc64: u64,
}

/// The multipart upload that receives the parts.
pub(crate) struct MultipartTarget<'a, 's> {
    pub(crate) credentials: CredentialRefresher<'a>,
    pub(crate) id: MultipartId,
    pub(crate) plan: Plan,
    pub(crate) checkpoint: &'a PartCheckpoint,
    /// Reads of the first parts, if they were started early.
    pub(crate) prefetch: Prefetch<'s>,
}

pub(super) struct BucketTransfer<'a, 's> {
    pub(super) transfer: &'a Transfer<'a>,
    pub(super) target: MultipartTarget<'a, 's>,
    /// Permits for parts that are sent again.
    permits: Arc<Semaphore>,
    /// Whether the target's answers lack a CRC-64: parts are then checked by MD5.
    by_md5: AtomicBool,
}

impl Transfer<'_> {
    /// Moves the object into the session's bucket and verifies it for the commit: length and CRC-64 of the completed object are the
    /// source's. Returns that CRC-64. A `resumed` session may have parts already.
    ///
    /// # Errors
    /// [`Integrity`](ErrorKind::Integrity) if a part stays damaged; [`VerificationFailed`](ErrorKind::VerificationFailed) if the whole differs; [`NoSuchMultipart`](ErrorKind::NoSuchMultipart) if the multipart
    /// upload is gone and the object is not there; [`Deadline`](ErrorKind::Deadline) at a part's boundary, if the run's time is
    /// over; permanent refusals of source and target.
    pub(crate) async fn move_to_bucket(
        &self,
        target: MultipartTarget<'_, '_>,
        resumed: bool,
    ) -> Result<u64, Error> {
        let mut permits =
            PermitPool::new(AdaptiveConcurrency::new(self.settings.in_flight, self.settings.most_in_flight));
        let by_md5 = AtomicBool::new(false);
        let transfer = BucketTransfer { transfer: self, target, permits: permits.semaphore(), by_md5 };
        match transfer.move_all(resumed, &mut permits).await {
            // A completion whose answer was lost, or whose caller died, leaves an object and no multipart upload.
            Err(error) if error.kind() == ErrorKind::NoSuchMultipart => {
                transfer.find_completed_object(error).await
            }
            other => other,
        }
    }
}

impl BucketTransfer<'_, '_> {
    async fn move_all(&self, resumed: bool, permits: &mut PermitPool) -> Result<u64, Error> {
        let plan = self.target.plan;
        let mut uploaded = if resumed { self.parts_already_uploaded().await? } else { BTreeMap::new() };
        let missing: Vec<_> = plan.parts().filter(|part| !uploaded.contains_key(&part.number)).collect();
        self.move_parts(missing.into_iter(), &mut uploaded, permits).await?;
        let crc64 = self.verify_parts(&mut uploaded, permits).await?;
        let landed = self.complete(&uploaded).await?;
        self.verify_before_commit(landed, crc64)?;
        Ok(crc64)
    }

    /// The parts that an earlier holder uploaded, as the bucket lists them, or as the ledger has them if the bucket refuses to list.
    async fn parts_already_uploaded(&self) -> Result<BTreeMap<u32, CheckedPart>, Error> {
        let recorded = self.target.checkpoint.parts().parts;
        let recorded: BTreeMap<_, _> = recorded.into_iter().map(|part| (part.number, part)).collect();
        let listed = match self.transfer.retry.retry(|| self.list_parts()).await {
            Ok(parts) => Some(parts.into_iter().collect::<BTreeMap<_, _>>()),
            Err(error) if error.kind() == ErrorKind::Target && !error.is_retryable() => {
                tracing::info!(?error, "the bucket does not list its parts: using the ledger's record");
                None
            }
            Err(error) => return Err(error),
        };
        self.target.checkpoint.replace(Vec::new());
        let uploaded = self.target.plan.parts().filter_map(|part| {
            let record = recorded.get(&part.number);
            let (etag, crc64) = match &listed {
                Some(listed) => {
                    let receipt = listed.get(&part.number).filter(|receipt| receipt.size == part.length)?;
                    let known =
                        || record.filter(|record| record.etag == receipt.etag).map(|record| record.crc64);
                    (receipt.etag.clone(), receipt.crc64.or_else(known)?)
                }
                None => record.map(|record| (record.etag.clone(), record.crc64))?,
            };
            Some((part.number, self.accept(CheckedPart { part, etag, crc64 })))
        });
        Ok(uploaded.collect())
    }

    /// A bucket that refuses to list parts is common, so it is not asked again with other credentials.
    pub(super) async fn list_parts(&self) -> Result<Vec<(u32, PartReceipt)>, Error> {
        self.target.credentials.call_once(|bucket| async move { bucket.parts(&self.target.id).await }).await
    }

    fn accept(&self, uploaded: CheckedPart) -> CheckedPart {
        let CheckedPart { part, etag, crc64 } = &uploaded;
        self.target.checkpoint.add(UploadedPart { number: part.number, etag: etag.clone(), crc64: *crc64 });
        self.transfer.progress.add_accepted(part.length);
        uploaded
    }

    async fn move_parts(
        &self,
        parts: impl Iterator<Item = Part>,
        uploaded: &mut BTreeMap<u32, CheckedPart>,
        permits: &mut PermitPool,
    ) -> Result<(), Error> {
        let mut parts = parts.peekable();
        let mut moving = FuturesUnordered::new();
        let mut ticks = interval(ADAPT_INTERVAL);
        // Ticks that a frozen function missed are skipped.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // A permit returns when a part's bytes have passed. Its answer may take longer, so the parts in flight are bounded as well.
            let max_in_flight = 2 * permits.limit();
            tokio::select! {
                biased;
                Some(result) = moving.next() => {
                    let done: CheckedPart = result?;
                    uploaded.insert(done.part.number, done);
                }
                Ok(permit) = self.permits.clone().acquire_owned(),
                    if moving.len() < max_in_flight && parts.peek().is_some() && !self.transfer.must_stop() =>
                {
                    if let Some(permit) = permits.admit(permit)
                        && let Some(part) = parts.next()
                    {
                        moving.push(self.move_part(part, permit));
                    }
                }
                _ = ticks.tick(), if !moving.is_empty() => {
                    permits.adapt(self.transfer.progress.bytes_read(), parts.peek().is_some());
                }
                else => break,
            }
        }
        if parts.peek().is_some() { Err(out_of_time()) } else { Ok(()) }
    }

    /// Moves one part, retrying within the budget.
    async fn move_part(&self, part: Part, permit: OwnedSemaphorePermit) -> Result<CheckedPart, Error> {
        let mut tries = self.transfer.retry.start_loop();
        let (mut permit, mut refusals) = (Some(permit), Refusals::default());
        loop {
            if permit.is_none() {
                permit = self.permits.clone().acquire_owned().await.ok();
            }
            match self.send_part(part, permit.take(), &mut refusals).await {
                Ok(uploaded) => {
                    self.transfer.retry.reset();
                    return Ok(self.accept(uploaded));
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
        let bytes = match self.target.prefetch.take(part.number).await {
            Some(read) => read?,
            None => self.transfer.read(part.range()).await?,
        };
        let by_md5 = self.by_md5.load(Relaxed);
        let progress = self.transfer.progress.clone();
        let (stream, monitor) = MeteredStream::new(bytes, part.length, by_md5, permit, progress);
        monitor.count_in_flight(self.transfer.progress);
        let answer = self
            .target
            .credentials
            .retry_with_fresh_credentials(refusals, |bucket| {
                let (monitor, stall) = (&monitor, self.transfer.settings.stall);
                async move {
                    let put = bucket.put_part(&self.target.id, part.number, part.length, Box::pin(stream));
                    with_stall_timeout(monitor, stall, put).await
                }
            })
            .await;
        let receipt = match answer {
            Ok(receipt) => receipt,
            Err(error) => {
                if let Some(cause) = monitor.take_error() {
                    return Err(cause);
                }
                self.find_arrived_part(part, &monitor, error).await?
            }
        };
        self.check_part(part, &monitor, receipt)
    }

    /// Asks for a part whose answer may have been lost, before it is sent again.
    async fn find_arrived_part(
        &self,
        part: Part,
        monitor: &StreamMonitor,
        error: Error,
    ) -> Result<PartReceipt, Error> {
        let is_unclear = error.is_retryable() && error.kind() == ErrorKind::Target;
        let is_gone = error.kind() == ErrorKind::NoSuchMultipart;
        if !is_unclear && !is_gone && error.kind() != ErrorKind::PartExists {
            return Err(error);
        }
        let parts = self.list_parts().await;
        match parts.map(|parts| parts.into_iter().find(|(number, _)| *number == part.number)) {
            Ok(Some((_, receipt))) if receipt.size == part.length && monitor.digests().is_some() => {
                Ok(receipt)
            }
            // A multipart upload that lists its parts exists.
            Ok(_) if is_gone => Err(error.retryable()),
            // An early refusal is lost with its connection; this answer repeats it.
            Err(other) if matches!(other.kind(), ErrorKind::NoSuchMultipart | ErrorKind::SessionOver) => {
                Err(other)
            }
            _ => Err(error),
        }
    }

    fn check_part(
        &self,
        part: Part,
        monitor: &StreamMonitor,
        receipt: PartReceipt,
    ) -> Result<CheckedPart, Error> {
        let damaged = || Error::new(ErrorKind::Integrity, "UploadPart", "a part arrived damaged").retryable();
        let Some(Digests { crc64, md5 }) = monitor.digests() else {
            // An answer that came before the last byte does not describe this part.
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

    /// Compares the CRC-64 of all parts with the source's, sends parts again that differ, and returns the CRC-64.
    async fn verify_parts(
        &self,
        uploaded: &mut BTreeMap<u32, CheckedPart>,
        permits: &mut PermitPool,
    ) -> Result<u64, Error> {
        for repair in 0..=REPAIRS {
            let crc64 = combined(uploaded.values().map(|checked| (checked.crc64, checked.part.length)));
            if self.transfer.object.crc64.is_none_or(|stated| stated == crc64) {
                return Ok(crc64);
            }
            if repair < REPAIRS {
                tracing::warn!("the parts do not have the object's CRC-64: comparing each with the source");
                let damaged = self.find_damaged(uploaded).await?;
                self.move_parts(damaged.into_iter(), uploaded, permits).await?;
            }
        }
        let message = "the bytes read do not have the object's CRC-64, though read several times";
        Err(Error::new(ErrorKind::VerificationFailed, "gate", message))
    }

    /// Reads every part again and returns those whose bytes differ now.
    async fn find_damaged(&self, uploaded: &BTreeMap<u32, CheckedPart>) -> Result<Vec<Part>, Error> {
        stream::iter(uploaded.values().cloned())
            .map(|checked| async move {
                let measured = || async {
                    match self.source_crc(checked.part).await {
                        Err(error) => Err(self.transfer.confirm_missing(error).await),
                        crc64 => crc64,
                    }
                };
                let crc64 = self.transfer.retry.retry(measured).await?;
                Ok((crc64 != checked.crc64).then_some(checked.part))
            })
            .buffer_unordered(self.transfer.settings.in_flight)
            .try_filter_map(|part| async move { Ok(part) })
            .try_collect()
            .await
    }

    async fn source_crc(&self, part: Part) -> Result<u64, Error> {
        let bytes = self.transfer.read(part.range()).await?;
        let (mut stream, monitor) =
            MeteredStream::new(bytes, part.length, false, None, self.transfer.progress.clone());
        while let Some(chunk) = stream.next().await {
            chunk?;
        }
        let ended = || Error::new(ErrorKind::Source, "read", "the source ended early").retryable();
        monitor.digests().map(|passed| passed.crc64).ok_or_else(ended)
    }
}
