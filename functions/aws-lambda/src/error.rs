//! The errors of the function, as Lambda reports them to the caller or a destination.

use app::core::{Error, UploadError as _};
use lambda_runtime::Diagnostic;

/// An error of this type with this message.
pub(crate) fn diagnostic(error_type: &str, error_message: impl Into<String>) -> Diagnostic {
    Diagnostic { error_type: error_type.into(), error_message: error_message.into() }
}

/// An event of a known kind that does not fit.
pub(crate) fn invalid_event(message: impl Into<String>) -> Diagnostic {
    diagnostic("InvalidEvent", message)
}

/// An event of no known kind.
pub(crate) fn unknown_event(message: impl Into<String>) -> Diagnostic {
    diagnostic("UnknownEvent", message)
}

/// The diagnostic that destinations and callers read of an error: the log has more.
pub(crate) fn into_diagnostic(error: &Error) -> Diagnostic {
    diagnostic(error.kind().code(), error.sentence())
}

/// Logs an error that is not in the log yet, and returns its diagnostic.
pub(crate) fn log_error(error: &Error) -> Diagnostic {
    tracing::error!(?error, code = error.kind().code(), "failed");
    into_diagnostic(error)
}
