//! Repeats an upload's outcome at a person's request.

use super::{message::Message, policy::SINGLE_FORCED, post::post};
use crate::{DeliveryResult, Error, ErrorKind, Notifier, RunContext, UploadId, ledger::Ledger};

/// Sends an upload's outcome to its callback once more, whatever it received before, under the same message id. Records
/// nothing.
///
/// # Errors
/// [`NoSuchUpload`](ErrorKind::NoSuchUpload); [`WrongState`](ErrorKind::WrongState) if it has not ended or has no callback.
pub async fn replay(
    ledger: &Ledger,
    notifier: &dyn Notifier,
    id: &UploadId,
    run: &RunContext,
) -> Result<DeliveryResult, Error> {
    let refuse = |kind, why| Error::new(kind, "callback", why).with_context("id", id.as_str());
    let wrong_state = |why| refuse(ErrorKind::WrongState, why);
    let record = ledger.read(id).await?;
    let record = record.ok_or_else(|| refuse(ErrorKind::NoSuchUpload, "the ledger knows no such upload"))?;
    if !record.state.has_ended() {
        return Err(wrong_state("the upload has not ended"));
    }
    let request = ledger.request(&record)?;
    let callback = request.callback.as_ref();
    let callback = callback.ok_or_else(|| wrong_state("the upload has no callback"))?;
    let message = Message::from_outcome(&record)?;
    let (result, _) =
        post(notifier, callback, message, ledger.signing_time().await, record.trace(), run, SINGLE_FORCED)
            .await;
    Ok(result)
}
