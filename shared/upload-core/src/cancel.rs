//! Giving an upload up.

use crate::{
    Error, ErrorKind, UploadId, Youku,
    ledger::{Claim, Ledger, Step},
};

/// Gives an upload up that is not at its end: the step comes first, so that nobody goes on with it, then Youku is told to forget the
/// session, which it does by itself in the end.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob) where there is no such upload, it has ended, or its bytes have all landed, so that it may be a
/// video already; [`InProgress`](ErrorKind::InProgress) where somebody works on it; where the ledger fails.
pub async fn cancel(ledger: &Ledger, youku: &dyn Youku, id: &UploadId) -> Result<(), Error> {
    let refused = |why| Error::new(ErrorKind::InvalidJob, "cancel", why);
    let ended = || refused("the upload has ended: there is nothing to cancel");
    if ledger.read(id).await?.is_some_and(|record| record.state.has_ended()) {
        return Err(ended());
    }
    let Claim::Held(mut held) = ledger.take_anyway(id).await? else { return Err(ended()) };
    let cancelled = match held.session() {
        _ if !held.record().state.is_working() => Err(ended()),
        _ if held.record().state.after(&Step::Cancelled).is_err() => {
            Err(refused("all bytes have landed, so that it may be a video already: let it go on"))
        }
        Err(error) => Err(error),
        Ok(session) => held.append(Step::Cancelled).await.map(|()| session),
    };
    if let Ok(Some(session)) = &cancelled
        && let Err(error) = youku.cancel(&session.upload_token, None).await
    {
        tracing::warn!(?error, upload_id = %id, "Youku keeps the session until it runs out");
    }
    held.release().await;
    cancelled.map(drop)
}
