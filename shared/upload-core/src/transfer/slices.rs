//! Slice mode: Youku's upload server hands out slices, several workers send them.

use super::{
    Transfer,
    crc64::{Crc64, combined},
};
use crate::{
    Check, CheckStatus, Error, ErrorKind, Md5, Slice, SliceServer, upload::run_context::out_of_time,
};
use futures_util::future::try_join_all;
use md5::{Digest as _, Md5 as Md5Hash};
use secrecy::SecretString;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long the server may take to write down what it has, once all slices are on their way.
const SETTLING: Duration = Duration::from_secs(15 * 60);
/// The first pause between two looks.
const FIRST_LOOK: Duration = Duration::from_millis(200);
/// The longest pause between two looks.
const LOOK: Duration = Duration::from_secs(10);

/// What this run has sent.
#[derive(Default)]
struct Sent {
    /// An earlier holder began with the session.
    resumed: bool,
    /// Bytes and CRC-64 of the slices, by offset.
    slices: Mutex<BTreeMap<u64, (u64, u64)>>,
    /// The offsets of slices that were refused because they may have come before.
    refused: Mutex<BTreeSet<u64>>,
}

/// How the sending of one slice ended.
enum SliceEnd {
    /// The server has it.
    Accepted {
        /// The slice that it wants next.
        next: Option<Slice>,
    },
    /// The server no longer wants it, although no answer said that it has it.
    Unwanted,
}

impl Sent {
    fn note(&self, slice: Slice, crc64: u64) {
        let mut slices = self.slices.lock().unwrap_or_else(PoisonError::into_inner);
        slices.insert(slice.offset, (slice.length, crc64));
    }

    /// Whether the refusal of this slice is the first: a slice that had come before is not asked for again.
    fn is_refused_first(&self, slice: Slice) -> bool {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(slice.offset)
    }
}

impl Transfer<'_> {
    /// Sends the object to the session's upload server; answers the address that commit wants to hear.
    ///
    /// # Errors
    /// [`Integrity`](ErrorKind::Integrity) where the bytes sent do not have the source's CRC-64; whatever source and server
    /// refuse for good.
    pub(crate) async fn move_to_slices(
        &self,
        server: &dyn SliceServer,
        token: &SecretString,
        resumed: bool,
    ) -> Result<Option<String>, Error> {
        let sent = Sent { resumed, ..Sent::default() };
        // Since when the server has accepted nothing, and what it had accepted then.
        let mut quiet = (Instant::now(), 0);
        let mut pause = FIRST_LOOK;
        // A server that an earlier holder began with says what it still wants.
        let mut wanting = !resumed;
        loop {
            if wanting {
                let workers = (0..self.settings.slice_workers).map(|_| self.worker(server, token, &sent));
                try_join_all(workers).await?;
            }
            let accepted = self.progress.bytes_accepted();
            if accepted > quiet.1 {
                quiet = (Instant::now(), accepted);
                pause = FIRST_LOOK;
            }
            if quiet.0.elapsed() > SETTLING {
                let message = "Youku's upload server neither wants slices nor finishes writing";
                return Err(Error::new(ErrorKind::Target, "check", message).retryable());
            }
            match self.retry.retry(|| server.check(token)).await? {
                Check { status: CheckStatus::Written, upload_server_ip, .. } => {
                    self.verify_slices(&sent)?;
                    return Ok(upload_server_ip);
                }
                Check { status: CheckStatus::SlicesLeft, .. } => wanting = true,
                Check { status: CheckStatus::Transferring | CheckStatus::Writing, .. } => wanting = false,
            }
            if self.must_stop() {
                return Err(out_of_time());
            }
            sleep(pause).await;
            pause = (pause * 2).min(LOOK);
        }
    }

    async fn worker(&self, server: &dyn SliceServer, token: &SecretString, sent: &Sent) -> Result<(), Error> {
        let ask = || server.next_slice(token);
        let mut next = self.retry.retry(ask).await?;
        while let Some(slice) = next.filter(|slice| slice.length > 0) {
            if self.must_stop() {
                return Err(out_of_time());
            }
            next = match self.send_slice(server, token, slice, sent).await? {
                SliceEnd::Accepted { next } => next,
                SliceEnd::Unwanted => self.retry.retry(ask).await?,
            };
        }
        Ok(())
    }

    /// Sends a slice.
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
        // An earlier holder's slice may still have been on its way.
        let mut unclear = sent.resumed;
        loop {
            let range = slice.offset..end;
            let bytes = self.retry.retry(|| self.piece(range.clone())).await?;
            let md5 = Md5(Md5Hash::digest(&bytes).into());
            let crc64 = Crc64::of(&bytes);
            let answer = server.send_slice(token, slice, bytes, md5).await;
            if answer.is_ok() || unclear {
                // Also where an earlier answer was lost: the bytes are the same.
                sent.note(slice, crc64);
            }
            match answer {
                Ok(next) => {
                    self.retry.reset();
                    self.progress.add_accepted(slice.length);
                    return Ok(SliceEnd::Accepted { next });
                }
                Err(error) if error.is_retryable() => {
                    unclear |= error.kind() == ErrorKind::Target;
                    tries.wait_after(error).await?;
                }
                Err(error)
                    if unclear && error.kind() != ErrorKind::SessionOver && sent.is_refused_first(slice) =>
                {
                    tracing::debug!(
                        ?error,
                        "the slice was refused where it may have come before: asking anew"
                    );
                    return Ok(SliceEnd::Unwanted);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Where the source states a CRC-64 and every slice went through our hands, they must agree.
    fn verify_slices(&self, sent: &Sent) -> Result<(), Error> {
        let sent = sent.slices.lock().unwrap_or_else(PoisonError::into_inner);
        let mut end = 0;
        let whole = sent.iter().all(|(offset, (length, _))| {
            let adjoins = *offset == end;
            end += length;
            adjoins
        });
        if !whole || end != self.object.size {
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
