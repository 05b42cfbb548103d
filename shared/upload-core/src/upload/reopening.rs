//! Automatic reopening: resumes an upload that ended because its object was missing or changed, once exactly that version is back, and one
//! that the preflight refused, once a caller turns the preflight off.

use crate::{
    Error, ErrorKind, RetryAdvice, RunContext, UploadError, UploadId, Uploader,
    ledger::{Claim, End, LeasedUpload, Record, Reopening, State, Step, StepKind, UploadRequest},
};
use std::time::Duration;

/// The pause after the first such reopening that ended the same way; it doubles, up to a day.
const PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(86_400);
const RETURNED: Reopening = Reopening { new_session: false, returned: true, preflight_off: false };
const UNSEEN: Reopening = Reopening { new_session: false, returned: false, preflight_off: true };

impl Uploader {
    /// Reopens the upload if it ended because of its object, since the caller has just seen that version, or because of the preflight, if
    /// `request` turns that off. Any other end stays as it was.
    ///
    /// # Errors
    /// The failure, retryable, if such an upload was reopened too recently; as [`Ledger::reopen`](crate::ledger::Ledger::reopen).
    pub(crate) async fn reopen_if_wanted(
        &self,
        id: &UploadId,
        claim: Claim,
        request: &UploadRequest,
        run: &RunContext,
    ) -> Result<Claim, Error> {
        let find = |record: &Record| find_reopening(record, request.turns_preflight_off());
        match claim {
            Claim::Settled(record) => {
                let Some(reopening) = find(&record) else { return Ok(Claim::Settled(record)) };
                if reopening.returned {
                    let now = self.ledger.times().await?.now;
                    check_pause(&record, now)?;
                }
                // It is settled: until it is reopened, only the event knows that it should be.
                let ledger = self.ledger.with_trace(run.trace);
                let reopened = ledger.reopen(id, reopening).await.map_err(UploadError::mark_unrecorded)?;
                Ok(Claim::Acquired(Box::new(reopened)))
            }
            Claim::Acquired(mut upload) => {
                if let Some(reopening) = find(upload.record())
                    && (!reopening.returned || check_pause(upload.record(), upload.lease().now()).is_ok())
                {
                    reopen_claimed(&mut upload, reopening, find).await?;
                }
                Ok(Claim::Acquired(upload))
            }
        }
    }
}

/// Reopens an upload whose callback was not sent yet: that outcome is dropped.
async fn reopen_claimed(
    upload: &mut LeasedUpload,
    reopening: Reopening,
    find: impl Fn(&Record) -> Option<Reopening>,
) -> Result<(), Error> {
    upload.confirm().await?;
    if find(upload.record()) == Some(reopening) {
        upload.append(Step::Reopened(reopening)).await
    } else {
        Ok(())
    }
}

/// How an upload that ended is reopened without a person's word; `None` if it is not.
fn find_reopening(record: &Record, turns_preflight_off: bool) -> Option<Reopening> {
    match failed_early_as(record)? {
        ErrorKind::SourceMissing | ErrorKind::SourceChanged => Some(RETURNED),
        ErrorKind::NotPublishable if turns_preflight_off => Some(UNSEEN),
        _ => None,
    }
}

/// The failure of an upload that ended before the transfer was complete.
fn failed_early_as(record: &Record) -> Option<ErrorKind> {
    let failure = record
        .failure
        .as_ref()
        .filter(|_| matches!(record.state, State::Failed | State::Notified(End::Failed)));
    ErrorKind::from_code(&failure?.code)
}

/// Whether it ended because the object was missing or changed, before the transfer was complete.
fn ended_for_its_object(record: &Record) -> bool {
    matches!(failed_early_as(record), Some(ErrorKind::SourceMissing | ErrorKind::SourceChanged))
}

/// Whether such an upload may be reopened at this time of the ledger's clock.
pub(crate) fn is_due(record: &Record, now: std::time::SystemTime) -> bool {
    ended_for_its_object(record) && check_pause(record, now).is_ok()
}

fn check_pause(record: &Record, now: std::time::SystemTime) -> Result<(), Error> {
    let returned = |step: &Step| matches!(step, Step::Reopened(reopening) if reopening.returned);
    let times = record.history.iter().filter(|entry| returned(&entry.step)).count();
    let Some(doubled) = u32::try_from(times).ok().and_then(|times| times.checked_sub(1)) else {
        return Ok(());
    };
    let pause = PAUSE.saturating_mul(2_u32.saturating_pow(doubled)).min(LONGEST_PAUSE);
    let ended = record.history.iter().rev().find(|entry| entry.step.kind() == StepKind::Failed);
    let Some(ended) = ended else { return Ok(()) };
    let remaining = (ended.at.get() + pause).duration_since(now).unwrap_or_default();
    if remaining.is_zero() {
        return Ok(());
    }
    let Err(failure) = crate::upload::published_video::result_from_record(record) else { return Ok(()) };
    Err(failure.with_advice(RetryAdvice::Retry { retry_after: Some(remaining) }).mark_unrecorded())
}
