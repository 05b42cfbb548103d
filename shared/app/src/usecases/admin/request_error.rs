//! Errors of what a person asks.

use upload_core::{Error, ErrorKind};

/// The error of a request that does not fit.
pub(super) fn request_error(message: &'static str) -> Error {
    Error::new(ErrorKind::Usage, "request", message)
}
