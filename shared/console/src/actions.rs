//! What a person may do with an upload.

use app::UploadDetails;
use serde::Serialize;

/// What may be done with an upload now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    /// `POST /api/uploads/{id}/retry`: it ended without a video.
    Retry,
    /// `POST /api/uploads/{id}/retry`: it is open, and nobody works on it.
    Resume,
    /// `POST /api/uploads/{id}/cancel`.
    Cancel,
    /// `POST /api/uploads` with `again`.
    Again,
    /// `POST /api/uploads/{id}/callback`.
    Callback,
}

impl Action {
    /// The actions that make sense now. A local file can only be resumed on the machine that has it.
    pub(crate) fn list(details: &UploadDetails) -> Vec<Self> {
        let (record, state) = (&details.record, details.record.state);
        let has_object = !record.request.location.is_carried();
        let can = [
            (Self::Retry, details.has_failed() && has_object),
            (Self::Resume, !state.has_ended() && details.holder.is_none() && has_object),
            (Self::Cancel, state.can_be_cancelled()),
            (Self::Again, state.has_ended() && has_object),
            (Self::Callback, state.has_ended() && record.request.callback.is_some()),
        ];
        can.into_iter().filter(|(_, can)| *can).map(|(action, _)| action).collect()
    }
}
