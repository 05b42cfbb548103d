//! Slice mode: Youku's upload server assigns slices, and several workers send them.

use super::{
    Transfer,
    crc64::{Crc64, combined},
};
use crate::{
    Check, CheckStatus, Error, ErrorKind, Md5, Slice, SliceServer, upload::run_context::out_of_time,
};
use futures_util::future::try_join_all;
use secrecy::SecretString;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long the server may take to write the slices after all were sent.
const WRITE_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// The first pause between two calls of `check`.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause between two calls of `check`.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What this run has sent to the server.
#[derive(Default)]
struct Sent {
    /// An earlier holder used the session.
    resumed: bool,
    /// Bytes and CRC-64 of the slices, by offset.
    slices: Mutex<BTreeMap<u64, (u64, u64)>>,
    /// A slice was sent with different bytes: a read of the source was damaged, and which of them the server keeps is unknown.
    differed: AtomicBool,
    /// Offsets of slices that were refused, perhaps because they had arrived before.
    refused: Mutex<BTreeSet<u64>>,
}

/// The result of sending one slice.
enum SliceEnd {
    /// The server has it.
    Accepted {
        /// The slice that it wants next.
        next: Option<Slice>,
    },
    /// The server does not want it any more, although no answer said that it has it.
    Unwanted,
}

impl Sent {
    /// Notes the bytes of a slice before they are sent: the server may keep them whatever it answers, and accepts any later copy unread.
    fn note(&self, slice: Slice, crc64: u64) {
        let mut slices = self.slices.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = slices.insert(slice.offset, (slice.length, crc64));
        if earlier.is_some_and(|earlier| earlier != (slice.length, crc64)) {
            self.differed.store(true, Relaxed);
        }
    }

    /// Whether this is the first refusal of the slice: the server does not ask again for one that had arrived.
    fn is_refused_first(&self, slice: Slice) -> bool {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(slice.offset)
    }
}

impl Transfer<'_> {
    /// Sends the object to the session's upload server. Returns the server address that the commit needs.
    ///
    /// # Errors
    /// [`Integrity`](ErrorKind::Integrity) if the bytes sent do not have the source's CRC-64; permanent refusals of source
    /// and server.
    pub(crate) async fn move_to_slices(
        &self,
        server: &dyn SliceServer,
        token: &SecretString,
        resumed: bool,
    ) -> Result<Option<String>, Error> {
        let sent = Sent { resumed, ..Sent::default() };
        // Since when the server has accepted nothing more, and how many bytes it had accepted then.
        let mut idle = (Instant::now(), 0);
        let mut pause = FIRST_PAUSE;
        // In a resumed session the server first says which slices it still wants.
        let mut slices_left = !resumed;
        loop {
            if slices_left {
                let workers = (0..self.settings.slice_workers).map(|_| self.worker(server, token, &sent));
                try_join_all(workers).await?;
            }
            let accepted = self.progress.bytes_accepted();
            if accepted > idle.1 {
                idle = (Instant::now(), accepted);
                pause = FIRST_PAUSE;
            }
            if idle.0.elapsed() > WRITE_TIMEOUT {
                let message = "Youku's upload server neither wants slices nor finishes writing";
                return Err(Error::new(ErrorKind::Target, "check", message).retryable());
            }
            match self.retry.retry(|| server.check(token)).await? {
                Check { status: CheckStatus::Written, upload_server_ip, .. } => {
                    self.verify_slices(&sent)?;
                    return Ok(upload_server_ip);
                }
                Check { status: CheckStatus::SlicesLeft, .. } => slices_left = true,
                Check { status: CheckStatus::Transferring | CheckStatus::Writing, .. } => slices_left = false,
            }
            if self.must_stop() {
                return Err(out_of_time());
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn worker(&self, server: &dyn SliceServer, token: &SecretString, sent: &Sent) -> Result<(), Error> {
        let next_slice = || server.next_slice(token);
        let mut next = self.retry.retry(next_slice).await?;
        while let Some(slice) = next.filter(|slice| slice.length > 0) {
            if self.must_stop() {
                return Err(out_of_time());
            }
            next = match self.send_slice(server, token, slice, sent).await? {
                SliceEnd::Accepted { next } => next,
                SliceEnd::Unwanted => self.retry.retry(next_slice).await?,
            };
        }
        Ok(())
    }

    /// Sends one slice, retrying within the budget.
    async fn send_slice(
        &self,
        server: &dyn SliceServer,
        token: &SecretString,
        slice: Slice,
        sent: &Sent,
    ) -> Result<SliceEnd, Error> {
        let end = slice.offset.checked_add(slice.length).filter(|end| *end <= self.object.size);
        let Some(end) = end else {
            let message = "Youku's upload server asked for bytes that the object does not have";
            return Err(Error::new(ErrorKind::Target, "new_slice", message));
        };
        let mut tries = self.retry.start_loop();
        // A slice of an earlier holder may still have been in flight.
        let mut may_have_arrived = sent.resumed;
        loop {
            let range = slice.offset..end;
            let bytes = self.retried_piece(range).await?;
            let md5 = Md5(fast_md5::digest(&bytes));
            let crc64 = Crc64::of(&bytes);
            sent.note(slice, crc64);
            match server.send_slice(token, slice, bytes, md5).await {
                Ok(next) => {
                    self.retry.reset();
                    self.progress.add_accepted(slice.length);
                    return Ok(SliceEnd::Accepted { next });
                }
                Err(error) if error.is_retryable() => {
                    may_have_arrived |= error.kind() == ErrorKind::Target;
                    tries.wait_after(error).await?;
                }
                Err(error)
                    if may_have_arrived
                        && error.kind() != ErrorKind::SessionOver
                        && sent.is_refused_first(slice) =>
                {
                    tracing::debug!(
                        ?error,
                        "the slice was refused and may have arrived before: asking for the next one"
                    );
                    return Ok(SliceEnd::Unwanted);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Compares the CRC-64 of the slices with the source's, if the source states one and this run sent every slice.
    fn verify_slices(&self, sent: &Sent) -> Result<(), Error> {
        if sent.differed.load(Relaxed) {
            let message = "a slice was read twice with different bytes, and either may have arrived";
            return Err(Error::new(ErrorKind::VerificationFailed, "gate", message).retryable());
        }
        let sent = sent.slices.lock().unwrap_or_else(PoisonError::into_inner);
        let mut end = 0;
        let is_whole = sent.iter().all(|(offset, (length, _))| {
            let adjoins = *offset == end;
            end += length;
            adjoins
        });
        if !is_whole || end != self.object.size {
            return Ok(());
        }
        let crc64 = combined(sent.values().map(|(length, crc64)| (*crc64, *length)));
        if self.object.crc64.is_none_or(|stated| stated == crc64) {
            return Ok(());
        }
        let message = "the slices sent do not have the object's CRC-64";
        Err(Error::new(ErrorKind::VerificationFailed, "gate", message).retryable())
    }
}
