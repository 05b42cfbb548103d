//! Giving an upload up.

use crate::{Error, UploadId, Youku, ledger::Ledger};

/// Cancels an upload whose bytes have not landed, even while another holder runs it. The step comes first, so that no holder continues; once that is
/// settled, Youku is asked to drop the session, which it would do by itself in the end.
///
/// # Errors
/// [`InvalidJob`](crate::ErrorKind::InvalidJob) where there is no such upload, it has ended, or its bytes have all landed, so that it may
/// be a video already; where the ledger fails: whether it was given up shows when it is read again.
pub async fn cancel(ledger: &Ledger, youku: &dyn Youku, id: &UploadId) -> Result<(), Error> {
    if let Some(session) = ledger.cancel(id).await?
        && let Err(error) = youku.cancel(&session.upload_token, None).await
    {
        tracing::warn!(?error, upload_id = %id, "Youku keeps the session until it runs out");
    }
    Ok(())
}
