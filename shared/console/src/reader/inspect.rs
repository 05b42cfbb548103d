//! Reads what the ledger knows of one open upload.

use app::core::{
    Error, RetryAdvice, UploadId,
    ledger::{LeaseView, Ledger, Record},
};

/// What the ledger knows of an upload.
pub(super) struct Inspection {
    pub(super) lease: LeaseView,
    /// `None` where it has no step yet.
    pub(super) record: Option<Record>,
    /// What is wrong with an entry of it, which no further read mends.
    pub(super) damage: Option<Error>,
}

/// Reads the lease and the record, of which `known` is what was read before: where the store tells that it is the same, it is not read
/// again.
///
/// # Errors
/// Where the store cannot be read now.
pub(super) async fn inspect(
    ledger: &Ledger,
    id: &UploadId,
    known: Option<Record>,
) -> Result<Inspection, Error> {
    let reading = async {
        // The lease is read first: a holder that releases it after that has left its last step in the record.
        let lease = ledger.lease_view(id).await?;
        let record = match known {
            Some(known) if ledger.is_unchanged(&known).await? => Some(known),
            _ => ledger.read(id).await?,
        };
        Ok((lease, record))
    };
    match reading.await {
        Ok((lease, record)) => Ok(Inspection { lease, record, damage: None }),
        Err(error) if is_damage(&error) => {
            Ok(Inspection { lease: LeaseView::default(), record: None, damage: Some(error) })
        }
        Err(error) => Err(error),
    }
}

/// Whether an entry cannot be read, now or later: one damaged entry hides no other upload.
pub(super) fn is_damage(error: &Error) -> bool {
    error.kind() == app::core::ErrorKind::Ledger && error.advice() == RetryAdvice::Permanent
}
