//! Repeats an upload's outcome at a person's request.

use super::{message::Message, policy::SINGLE_FORCED, post::post};
use crate::{DeliveryResult, Error, ErrorKind, Notifier, RunContext, UploadId, ledger::Ledger};

/// Sends an upload's outcome to its callback once more, whatever it received before, under the same message id. Records
/// nothing.
///
/// # Errors
/// [`WrongState`](ErrorKind::WrongState) if there is no such upload, it has not ended or has no callback.
pub async fn replay(
    ledger: &Ledger,
    notifier: &dyn Notifier,
    id: &UploadId,
    run: &RunContext,
) -> Result<DeliveryResult, Error> {
    let wrong_state =
        |why| Error::new(ErrorKind::WrongState, "callback", why).with_context("id", id.as_str());
    let record = ledger.read(id).await?.filter(|record| record.state.has_ended());
    let record = record.ok_or_else(|| wrong_state("there is no such upload, or it has not ended"))?;
    let request = ledger.request(&record)?;
    let callback = request.callback.as_ref();
    let callback = callback.ok_or_else(|| wrong_state("the upload has no callback"))?;
    let Message { id, body } = Message::from_outcome(&record)?;
    Ok(post(notifier, callback, &id, body, run, SINGLE_FORCED).await)
}
