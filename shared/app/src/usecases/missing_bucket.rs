//! Buckets that do not exist.

use crate::adapters::is_missing_bucket;
use upload_core::{Error, ErrorKind, Location};

/// The error of reading `location` for somebody who named its bucket: that the bucket does not exist is their mistake, as a missing object
/// is, and no wrong setting. Any other error stays as it is.
#[must_use]
pub fn report_missing_bucket(location: &Location, error: Error) -> Error {
    if !is_missing_bucket(&error) {
        return error;
    }
    Error::new(ErrorKind::SourceMissing, "source", "the bucket does not exist")
        .with_context("object", location)
        .with_source(error)
}
