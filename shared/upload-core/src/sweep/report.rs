//! What a sweep did, recorded mark by mark.

use super::{due_videos::DueVideos, resume::ResumeResult};
use crate::{
    ClaimRefusal, DiscoveryReport, Error, ErrorKind, FollowUp, PublishedVideo, StopReason, UploadError as _,
    UploadId,
    ledger::{Ledger, OpenMark, OpenUpload, needs_operator},
};
use std::time::{Duration, SystemTime};

/// Age at which an open mark without steps is deleted: its first holder died before it stated what the upload is
/// about, and the event has been delivered again since.
pub(super) const STRAY_AGE: Duration = Duration::from_secs(3600);
/// Age at which the holder that wrote a mark without steps has died, or lost its lease: sweeps leave the mark alone until it is deleted.
const DEAD_AGE: Duration = Duration::from_secs(300);

/// What a sweep did.
#[derive(Debug, Default)]
pub struct SweepReport {
    /// Uploads that it resumed, with their results.
    pub resumed: Vec<(UploadId, Result<PublishedVideo, Error>)>,
    /// Uploads that had ended, and whose callback was attempted.
    pub callbacks_delivered: usize,
    /// Those of them whose receiver did not accept the message: a later sweep sends it again.
    pub callbacks_undelivered: usize,
    /// Videos that it made public at their hour.
    pub made_public: usize,
    /// Uploads that another process holds, or that wait for their time.
    pub skipped: u32,
    /// Unfinished uploads of files that lie on a user's machine: no sweep has their bytes.
    pub carried: u32,
    /// Marks of uploads that were settled already, or never began.
    pub marks_cleared: u32,
    /// Unreadable marks, and foreign entries among the marks: each names its key.
    pub errors: Vec<Error>,
    /// Set if it ended before it had examined every mark of an upload that is due and does not wait for Youku's calls; the next sweep
    /// begins after this.
    pub next: Option<UploadId>,
    /// What the scan of the buckets found.
    pub discovered: DiscoveryReport,
    /// Uploads whose video's event is due, until [`watch_videos`](crate::watch_videos) asks about them.
    pub(super) due_videos: DueVideos,
    /// It ended before every upload had its turn that waits for Youku's calls.
    pub(super) leaves_queue: bool,
    /// Attempts that do not count as resumed uploads, and cost as much.
    attempts: usize,
}

impl SweepReport {
    /// How many of the permitted uploads it attempted.
    #[must_use]
    pub fn calls_made(&self) -> usize {
        self.resumed.len() + self.callbacks_delivered + self.attempts
    }
}

impl SweepReport {
    /// Counts uploads that wait for their time.
    pub(super) fn skip(&mut self, uploads: usize) {
        self.skipped = self.skipped.saturating_add(u32::try_from(uploads).unwrap_or(u32::MAX));
    }

    /// Whether it ended before it had examined every open upload that is due.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.next.is_some() || self.leaves_queue
    }

    /// Whether more uploads are due than the sweep had room for: watching leaves Youku's calls to them.
    #[must_use]
    pub fn uploads_wait(&self) -> bool {
        self.is_unfinished() && !self.resumed.is_empty()
            || self.discovered.stopped == Some(StopReason::Uploads)
    }

    /// Records the result of one mark, and pauses or clears what it names. `now` is the store's clock.
    pub(super) async fn record_result(
        &mut self,
        ledger: &Ledger,
        upload: &OpenUpload,
        mark: OpenMark,
        result: Result<ResumeResult, Error>,
        now: SystemTime,
    ) -> Result<(), Error> {
        let id = &upload.id;
        match result {
            Ok(ResumeResult::Cleared) => self.marks_cleared += 1,
            Ok(ResumeResult::Held) => self.skipped += 1,
            // A young mark costs no further request, since each sweep would repeat it. Before an old one is deleted the steps are read again.
            Ok(ResumeResult::NotBegun) => {
                let has_age = |marked, least| now.duration_since(marked).is_ok_and(|age| age >= least);
                if has_age(upload.first_marked(), STRAY_AGE)
                    && ledger.read(id).await?.is_none()
                    && ledger.clear_stray(upload, STRAY_AGE).await?
                {
                    self.marks_cleared += 1;
                    return Ok(());
                }
                self.skipped += 1;
                // Kills leave such marks, and each would cost every sweep four requests. Of several marks the youngest counts: its holder
                // may be about to append.
                if upload.due.is_none()
                    && has_age(upload.marked, DEAD_AGE)
                    && let Err(error) = ledger.postpone_open(upload, mark, now + STRAY_AGE).await
                {
                    // One mark is no reason to skip the others.
                    if !needs_operator(&error) {
                        return Err(error);
                    }
                    self.errors.push(error);
                }
            }
            Ok(ResumeResult::FollowedUp(FollowUp { is_accepted, made_public })) => {
                self.made_public += usize::from(made_public);
                self.callbacks_delivered += usize::from(is_accepted.is_some());
                self.callbacks_undelivered += usize::from(is_accepted == Some(false));
                self.attempts += usize::from(is_accepted.is_none());
            }
            Ok(ResumeResult::FollowUpFailed(error)) => {
                self.attempts += 1;
                if needs_operator(&error) {
                    return self.postpone(ledger, upload, mark, error).await;
                }
                tracing::warn!(?error, upload_id = %id, "what is left of the upload waits for the next sweep");
                self.skipped += 1;
            }
            Ok(ResumeResult::StillPaused(error)) => {
                self.attempts += 1;
                return self.postpone(ledger, upload, mark, error).await;
            }
            Ok(ResumeResult::Published(published)) => self.resumed.push((id.clone(), Ok(published))),
            Err(error) if error.claim_refusal() == Some(ClaimRefusal::SourceElsewhere) => self.carried += 1,
            Err(error) if is_expected_wait(&error) => self.skipped += 1,
            Err(error) => self.resumed.push((id.clone(), Err(error))),
        }
        Ok(())
    }

    /// Pauses an upload that cannot continue. The first time, and each time for what this worker lacks, the
    /// error is reported as the upload's result; later it is only logged.
    async fn postpone(
        &mut self,
        ledger: &Ledger,
        upload: &OpenUpload,
        mark: OpenMark,
        error: Error,
    ) -> Result<(), Error> {
        let id = &upload.id;
        // Another worker may have what this one lacks: the mark stays as it is.
        let is_worker_lack = upload.is_paused() && error.kind() == ErrorKind::Config;
        if !is_worker_lack
            && (upload.is_paused() || needs_operator(&error))
            && let Err(pause_error) = ledger.pause_open(upload, mark, &error).await
        {
            // One upload's error is no reason to skip the others.
            if !needs_operator(&pause_error) {
                return Err(pause_error);
            }
            self.errors.push(pause_error);
        }
        if upload.is_paused() && !is_worker_lack {
            tracing::warn!(?error, upload_id = %id, "the upload still cannot continue");
            self.skipped += 1;
        } else {
            self.attempts = self.attempts.saturating_sub(1);
            self.resumed.push((id.clone(), Err(error)));
        }
        Ok(())
    }
}

/// Whether the upload was not claimed because another process holds it, or because it is not due.
fn is_expected_wait(error: &Error) -> bool {
    // It was not claimed, or released at once: either way the settings must change first.
    if error.kind() == ErrorKind::Reauthorize {
        return true;
    }
    error.claim_refusal().is_some()
}
