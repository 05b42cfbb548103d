//! Giving an upload up.

use crate::{Error, ErrorKind, UploadId, Youku, ledger::Ledger};
use std::time::Duration;
use tokio::time::timeout;

/// How long Youku is asked to drop a session, which it does by itself in the end.
const DROPPING: Duration = Duration::from_secs(5);

/// Cancels an upload whose bytes have not landed, even while another holder runs it. The step comes first, so that no holder continues;
/// once that is settled, Youku is asked to drop the session.
///
/// # Errors
/// [`NoSuchUpload`](ErrorKind::NoSuchUpload); [`WrongState`](ErrorKind::WrongState) where it has ended, or its bytes have all landed, so
/// that it may be a video already; where the ledger fails: whether it was given up shows when it is read again.
pub async fn cancel(ledger: &Ledger, youku: &dyn Youku, id: &UploadId) -> Result<(), Error> {
    let Some(session) = ledger.cancel(id).await? else { return Ok(()) };
    let dropping = timeout(DROPPING, youku.cancel(&session.upload_token, None)).await;
    let late = |_| Err(Error::from_kind(ErrorKind::Youku, "cancel"));
    if let Err(error) = dropping.unwrap_or_else(late) {
        tracing::warn!(?error, upload_id = %id, "Youku keeps the session until it runs out");
    }
    Ok(())
}
