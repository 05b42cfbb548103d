//! Faults where no caller's connection exists: hooks and asynchronous deliveries.

use http::StatusCode;

use super::error::FcError;
use crate::control::{Fault, Faults};

/// What a rule put in the place of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scripted {
    /// This status is to be taken for the answer.
    Status(StatusCode),
    /// The answer, if there was one, is lost.
    Lost,
}

impl Scripted {
    /// What the caller of a call sees.
    pub(super) fn error(self) -> FcError {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        match self {
            Self::Status(status) => FcError::new(status, FcError::usual_code(status), "scripted fault"),
            Self::Lost => FcError::new(status, FcError::usual_code(status), "the answer was lost"),
        }
    }
}

/// Does the work unless a rule for this operation says otherwise. Faults of bodies have nothing to act on here: they
/// count as fired and the work is done.
pub(super) async fn scripted<T>(
    faults: &Faults,
    operation: &str,
    path: &str,
    work: impl Future<Output = T>,
) -> Result<T, Scripted> {
    let Some((id, fault)) = faults.take(operation, path) else {
        return Ok(work.await);
    };
    match fault {
        Fault::HoldBefore => faults.clone().hold(id).await,
        Fault::Hold | Fault::Stall { .. } => {
            let result = work.await;
            faults.clone().hold(id).await;
            return Ok(result);
        }
        Fault::Status { status, .. } => {
            faults.count(id);
            return Err(Scripted::Status(status));
        }
        Fault::Reset { .. } => {
            faults.count(id);
            return Err(Scripted::Lost);
        }
        Fault::DropAnswer | Fault::CutResponse { .. } => {
            work.await;
            faults.count(id);
            return Err(Scripted::Lost);
        }
        _ => faults.count(id),
    }
    Ok(work.await)
}
