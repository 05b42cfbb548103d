//! Exit codes: one for each class of failure. They are stable.

use app::core::{Error, ErrorKind};

/// Something failed that no other class holds, or several things of different classes.
pub(crate) const FAILED: u8 = 1;
/// The command line or the settings do not fit.
pub(crate) const USAGE: u8 = 2;
/// There is no such upload, object or file.
pub(crate) const UNKNOWN: u8 = 3;
/// Somebody works on the upload, or it waits for its time.
pub(crate) const NOT_NOW: u8 = 4;
/// The video does not fit: its file, or what is stated about it.
pub(crate) const INVALID: u8 = 5;
/// Youku or a store refuses the credentials.
pub(crate) const DENIED: u8 = 6;
/// Something could not be reached, or failed for now: the same command may succeed later.
pub(crate) const UNREACHABLE: u8 = 7;
/// What a shell reports of a command that Ctrl-C ended.
pub(crate) const INTERRUPTED: u8 = 130;

/// The operation of errors that the command line itself finds.
pub(crate) const OPERATOR: &str = "operator";
/// The operation of what a signal ended.
pub(crate) const SIGNAL: &str = "signal";

/// Operations that are asked of an upload, and not of a video: where one of them does not fit, the command does not.
const ASKED_OF_AN_UPLOAD: [&str; 3] = [OPERATOR, "cancel", "callback"];

/// Whether a command asked for what does not fit, rather than for a video that does not.
pub(crate) fn is_usage(error: &Error) -> bool {
    error.kind() == ErrorKind::WrongState
        || error.kind() == ErrorKind::InvalidJob && ASKED_OF_AN_UPLOAD.contains(&error.operation())
}

/// The class of an error.
pub(crate) fn code(error: &Error) -> u8 {
    match error.kind() {
        _ if error.operation() == SIGNAL => INTERRUPTED,
        ErrorKind::Config => USAGE,
        _ if is_usage(error) => USAGE,
        ErrorKind::InvalidJob => INVALID,
        ErrorKind::SourceMissing | ErrorKind::UnknownUpload => UNKNOWN,
        ErrorKind::InProgress | ErrorKind::Superseded | ErrorKind::RateLimited | ErrorKind::Deadline => {
            NOT_NOW
        }
        ErrorKind::Unauthorized
        | ErrorKind::ClientRefused
        | ErrorKind::Reauthorize
        | ErrorKind::SourceDenied => DENIED,
        ErrorKind::Source | ErrorKind::Target | ErrorKind::Youku | ErrorKind::Ledger
            if error.advice() != app::core::RetryAdvice::Permanent =>
        {
            UNREACHABLE
        }
        _ => FAILED,
    }
}

/// The code of a command with several parts: the one that all failures share, else [`FAILED`].
pub(crate) fn shared(codes: impl IntoIterator<Item = u8>) -> u8 {
    codes
        .into_iter()
        .filter(|code| *code != 0)
        .reduce(|one, other| if one == other { one } else { FAILED })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_of_one_class_share_its_code_and_others_do_not() {
        assert_eq!(shared([]), 0);
        assert_eq!(shared([0, DENIED, 0, DENIED]), DENIED);
        assert_eq!(shared([DENIED, INVALID]), FAILED);
    }

    #[test]
    fn every_class_is_told_apart() {
        let of = |kind, operation| code(&Error::new(kind, operation, "x"));
        assert_eq!(of(ErrorKind::Deadline, SIGNAL), INTERRUPTED);
        assert_eq!(
            (of(ErrorKind::InvalidJob, OPERATOR), of(ErrorKind::InvalidJob, "validate")),
            (USAGE, INVALID)
        );
        assert_eq!(
            (of(ErrorKind::WrongState, "cancel"), of(ErrorKind::WrongState, "callback")),
            (USAGE, USAGE)
        );
        assert_eq!(of(ErrorKind::Youku, "create"), FAILED);
        assert_eq!(code(&Error::new(ErrorKind::Youku, "create", "x").retryable()), UNREACHABLE);
    }
}
