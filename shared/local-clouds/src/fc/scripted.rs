//! Faults for calls without a caller's connection: hooks and asynchronous deliveries.

use http::StatusCode;

use crate::faults::registry::Faults;
use crate::faults::rule::Fault;
use crate::fc::error::FcError;

/// The result that a fault rule substitutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScriptedFault {
    /// The answer has this status.
    Status(StatusCode),
    /// The answer, if there was one, is lost.
    Lost,
}

impl ScriptedFault {
    /// The error that the caller sees.
    pub(crate) fn error(self) -> FcError {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        match self {
            Self::Status(status) => FcError::new(status, FcError::usual_code(status), "scripted fault"),
            Self::Lost => FcError::new(status, FcError::usual_code(status), "the answer was lost"),
        }
    }
}

/// Does the work unless a rule for this operation says otherwise. Faults of bodies have nothing to act on
/// here: they count as fired and the work is done.
pub(crate) async fn run_with_faults<T>(
    faults: &Faults,
    operation: &str,
    path: &str,
    work: impl Future<Output = T>,
) -> Result<T, ScriptedFault> {
    let Some((id, fault)) = faults.match_request(operation, path) else {
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
            faults.count_fired(id);
            return Err(ScriptedFault::Status(status));
        }
        Fault::Reset { .. } => {
            faults.count_fired(id);
            return Err(ScriptedFault::Lost);
        }
        Fault::DropAnswer | Fault::CutResponse { .. } => {
            work.await;
            faults.count_fired(id);
            return Err(ScriptedFault::Lost);
        }
        _ => faults.count_fired(id),
    }
    Ok(work.await)
}
