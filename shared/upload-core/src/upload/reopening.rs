//! Automatic reopening: resumes an upload that ended because its object was missing or changed, once exactly that version is back.

use crate::{
    Error, ErrorKind, RetryAdvice, UploadError, UploadId, Uploader,
    ledger::{Claim, End, LeasedUpload, Record, Reopening, State, Step, StepKind},
};
use std::time::Duration;

/// The pause after the first such reopening that came to the same end; it doubles, to a day.
const PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(86_400);
const RETURNED: Reopening = Reopening { new_session: false, returned: true };

impl Uploader {
    /// Reopens what `claim` found to have ended for its object's sake: whoever claims it has seen that version himself. What ended
    /// otherwise is answered as it was.
    ///
    /// # Errors
    /// The failure, retryable, where such an upload was reopened too short a time ago; as [`Ledger::reopen`](crate::ledger::Ledger::reopen).
    pub(crate) async fn reopen_if_returned(&self, id: &UploadId, claim: Claim) -> Result<Claim, Error> {
        match claim {
            Claim::Settled(record) if ended_for_its_object(&record) => {
                let now = self.ledger.times().await?.now;
                check_pause(&record, now)?;
                // It is at rest: until it is reopened only the event knows that it is to be.
                let reopened =
                    self.ledger.reopen(id, RETURNED).await.map_err(UploadError::mark_unrecorded)?;
                Ok(Claim::Acquired(Box::new(reopened)))
            }
            Claim::Acquired(mut held) if ended_for_its_object(held.record()) => {
                if check_pause(held.record(), held.lease().now()).is_ok() {
                    reopen_held(&mut held).await?;
                }
                Ok(Claim::Acquired(held))
            }
            claim => Ok(claim),
        }
    }
}

/// Its callback has not heard yet how it ended: the first outcome is dropped.
async fn reopen_held(held: &mut LeasedUpload) -> Result<(), Error> {
    held.confirm().await?;
    if ended_for_its_object(held.record()) { held.append(Step::Reopened(RETURNED)).await } else { Ok(()) }
}

/// Whether it ended because the object was missing or changed, before its bytes had landed.
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
    let rest = (ended.at.get() + pause).duration_since(now).unwrap_or_default();
    if rest.is_zero() {
        return Ok(());
    }
    let Err(failure) = crate::upload::published_video::result_from_record(record) else { return Ok(()) };
    Err(failure.with_advice(RetryAdvice::Retry { retry_after: Some(rest) }).mark_unrecorded())
}
