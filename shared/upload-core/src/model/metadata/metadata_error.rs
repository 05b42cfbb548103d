//! Statements about a video that cannot be read.

use crate::{Error, ErrorKind};
use std::borrow::Cow;

/// Longest place shown in an error, in characters: a sidecar's member may have any name.
const PLACE_CHARACTERS: usize = 80;

/// A statement about a video that cannot be read. The value is not repeated: it may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place} {problem}")]
pub struct MetadataError {
    /// The header, or the path in the sidecar.
    pub place: String,
    /// What is wrong with it.
    pub problem: Cow<'static, str>,
}

impl MetadataError {
    pub(super) fn new(place: impl Into<String>, problem: impl Into<Cow<'static, str>>) -> Self {
        let place: String = place.into();
        let shown = place.chars().filter(|character| !character.is_control());
        Self { place: shown.take(PLACE_CHARACTERS).collect(), problem: problem.into() }
    }
}

impl From<MetadataError> for Error {
    fn from(error: MetadataError) -> Self {
        Self::new(ErrorKind::InvalidJob, "metadata", error.to_string())
    }
}
