//! The part of a change that says who may watch.

use super::difference::is_empty;
use crate::{Error, ErrorKind, VideoEdit, ledger::is_audience, model::metadata::VideoMetadata};
use youku::Invalid;

/// Parts who may watch from the rest.
pub(super) fn split_audience(edit: VideoMetadata) -> (VideoMetadata, VideoMetadata) {
    (edit.clone().retain(is_audience), edit.retain(|field| !is_audience(field)))
}

/// Checks a stated audience by itself.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob), naming the field.
pub(super) fn check_audience(audience: &VideoMetadata) -> Result<(), Error> {
    VideoEdit::new(audience.clone()).map(drop).map_err(invalid_edit)
}

/// The error of an edit that is outside Youku's limits.
pub(super) fn invalid_edit(invalid: Invalid) -> Error {
    Error::new(ErrorKind::InvalidJob, "validate", invalid.to_string()).with_source(invalid)
}

/// Checks what an edit states besides who may watch, before any of it is carried out.
///
/// # Errors
/// As [`check_audience`].
pub(super) fn check_rest(edit: &VideoMetadata) -> Result<(), Error> {
    let (_, rest) = split_audience(edit.clone());
    match is_empty(&rest) {
        true => Ok(()),
        false => VideoEdit::new(rest).map(drop).map_err(invalid_edit),
    }
}
