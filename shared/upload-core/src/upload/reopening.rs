//! Automatic reopening: resumes an upload that ended because its object was missing or changed, once exactly that version is back.

use crate::{
    Error, ErrorKind, RetryAdvice, UploadError, UploadId, Uploader,
    ledger::{Claim, End, LeasedUpload, Record, Reopening, State, Step, StepKind},
};
use std::time::Duration;

/// The pause after the first such reopening that ended the same way; it doubles, up to a day.
const PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(86_400);
const RETURNED: Reopening = Reopening { new_session: false, returned: true };

impl Uploader {
    /// Reopens the upload if it ended because of its object, since the caller has just seen that version. Any other end stays as it
    /// was.
    ///
    /// # Errors
    /// The failure, retryable, if such an upload was reopened too recently; as [`Ledger::reopen`](crate::ledger::Ledger::reopen).
    pub(crate) async fn reopen_if_returned(&self, id: &UploadId, claim: Claim) -> Result<Claim, Error> {
        match claim {
            Claim::Settled(record) if ended_for_its_object(&record) => {
                let now = self.ledger.times().await?.now;
                check_pause(&record, now)?;
                // It is settled: until it is reopened, only the event knows that it should be.
                let reopened =
                    self.ledger.reopen(id, RETURNED).await.map_err(UploadError::mark_unrecorded)?;
                Ok(Claim::Acquired(Box::new(reopened)))
            }
            Claim::Acquired(mut upload) if ended_for_its_object(upload.record()) => {
                if check_pause(upload.record(), upload.lease().now()).is_ok() {
                    reopen_claimed(&mut upload).await?;
                }
                Ok(Claim::Acquired(upload))
            }
            claim => Ok(claim),
        }
    }
}

/// Reopens an upload whose callback was not sent yet: that outcome is dropped.
async fn reopen_claimed(upload: &mut LeasedUpload) -> Result<(), Error> {
    upload.confirm().await?;
    if ended_for_its_object(upload.record()) { upload.append(Step::Reopened(RETURNED)).await } else { Ok(()) }
}

/// Whether it ended because the object was missing or changed, before the transfer was complete.
fn ended_for_its_object(record: &Record) -> bool {
    let kind = record.failure.as_ref().and_then(|failure| ErrorKind::from_code(&failure.code));
    matches!(record.state, State::Failed | State::Notified(End::Failed))
        && matches!(kind, Some(ErrorKind::SourceMissing | ErrorKind::SourceChanged))
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
