//! Exit codes: one for each class of failure. They are stable.

use crate::error::CliError;
use app::core::{Error, ErrorKind, RetryAdvice};

/// Something failed that no other class holds, or several things of different classes.
pub(crate) const FAILED: u8 = 1;
/// The command line or the settings are invalid.
pub(crate) const USAGE: u8 = 2;
/// There is no such upload, object or file.
pub(crate) const UNKNOWN: u8 = 3;
/// The upload is in progress elsewhere, or waits for its time.
pub(crate) const NOT_NOW: u8 = 4;
/// The video is invalid: its file, or its metadata.
pub(crate) const INVALID: u8 = 5;
/// Youku or a store refuses the credentials.
pub(crate) const DENIED: u8 = 6;
/// A service could not be reached, or failed temporarily: the same command may succeed later.
pub(crate) const UNREACHABLE: u8 = 7;
/// What a shell reports of a command that Ctrl-C ended.
pub(crate) const INTERRUPTED: u8 = 130;

/// Returns the exit code for `error`.
pub(crate) fn classify(error: &CliError) -> u8 {
    match error {
        CliError::Usage(_) | CliError::NotApplicable(_) => USAGE,
        CliError::NoSuchUpload(_) => UNKNOWN,
        CliError::Interrupted { .. } => INTERRUPTED,
        CliError::Local(error) | CliError::App(error) => classify_app(error),
    }
}

/// Returns the exit code for an error of the application.
pub(crate) fn classify_app(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Config | ErrorKind::Usage => USAGE,
        ErrorKind::InvalidJob | ErrorKind::NotPublishable => INVALID,
        ErrorKind::SourceMissing | ErrorKind::NoSuchUpload => UNKNOWN,
        ErrorKind::InProgress | ErrorKind::Superseded | ErrorKind::RateLimited | ErrorKind::Deadline => {
            NOT_NOW
        }
        ErrorKind::Unauthorized
        | ErrorKind::ClientRefused
        | ErrorKind::Reauthorize
        | ErrorKind::SourceDenied => DENIED,
        ErrorKind::Source | ErrorKind::Target | ErrorKind::Youku | ErrorKind::Ledger
            if error.advice() != RetryAdvice::Permanent =>
        {
            UNREACHABLE
        }
        _ => FAILED,
    }
}

/// Returns the exit code for the stable code of an error, or of a reason for which an object is skipped.
pub(crate) fn classify_code(code: &str) -> u8 {
    match (code, ErrorKind::from_code(code)) {
        ("not_a_video" | "junk" | "empty_object", _) => INVALID,
        (_, Some(kind)) => classify_app(&Error::new(kind, "event", "")),
        _ => FAILED,
    }
}

/// Returns the exit code for a function's outcome: that of its stable code, as if it had happened here. A status alone is a class of HTTP,
/// which several of these share: 502 is what Youku answers to wrong tokens, too.
pub(crate) fn classify_outcome(status: &str, code: &str) -> u8 {
    match (ErrorKind::from_code(code), status) {
        // An outcome does not say whether it may pass.
        (
            Some(ErrorKind::Source | ErrorKind::Target | ErrorKind::Youku | ErrorKind::Ledger),
            "502" | "503",
        ) => UNREACHABLE,
        (Some(_), _) => classify_code(code),
        // What its HTTP API refuses, or something before it.
        (None, "400") => INVALID,
        (None, "401" | "403") => DENIED,
        (None, "404") => UNKNOWN,
        (None, "409" | "429" | "503") => NOT_NOW,
        (None, "502") => UNREACHABLE,
        (None, _) => FAILED,
    }
}

/// Combines the codes of a command with several parts: the one that all failures share, else [`FAILED`].
pub(crate) fn combine(codes: impl IntoIterator<Item = u8>) -> u8 {
    codes
        .into_iter()
        .filter(|code| *code != 0)
        .reduce(|one, other| if one == other { one } else { FAILED })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Stopped;

    #[test]
    fn failures_of_one_class_share_its_code() {
        assert_eq!(combine([]), 0);
        assert_eq!(combine([0, DENIED, 0, DENIED]), DENIED);
        assert_eq!(combine([DENIED, INVALID]), FAILED);
    }

    /// What a function answers has the class that it would have here.
    #[test]
    fn codes_of_a_function_have_their_class() {
        let codes = [
            "invalid_job",
            "not_a_video",
            "source_missing",
            "youku_unauthorized",
            "function_failed",
            "integrity",
            "not_publishable",
        ];
        assert_eq!(codes.map(classify_code), [INVALID, INVALID, UNKNOWN, DENIED, FAILED, FAILED, INVALID]);
    }

    /// The stable code decides where it is known, also between errors that share a status.
    #[test]
    fn an_outcome_has_the_class_of_its_code() {
        for (status, code, class) in [
            ("502", "youku_unauthorized", DENIED),
            ("502", "reauthorize", DENIED),
            ("500", "source_denied", DENIED),
            ("502", "hash_refused", FAILED),
            ("409", "source_changed", FAILED),
            ("500", "config", USAGE),
            ("404", "source_missing", UNKNOWN),
            ("429", "rate_limited", NOT_NOW),
            ("502", "youku_failed", UNREACHABLE),
            ("502", "target_failed", UNREACHABLE),
            ("503", "ledger_failed", UNREACHABLE),
            ("500", "ledger_failed", FAILED),
            ("401", "unauthorized", DENIED),
            ("404", "not_found", UNKNOWN),
            ("503", "busy", NOT_NOW),
            ("502", "", UNREACHABLE),
            ("418", "", FAILED),
        ] {
            assert_eq!(classify_outcome(status, code), class, "{status} {code}");
        }
    }

    /// Who found an error decides its class where the kind alone does not.
    #[test]
    fn each_class_has_its_code() {
        let error = |kind| Error::new(kind, "x", "x");
        let of = |kind| classify(&error(kind).into());
        assert_eq!(classify(&Stopped.into()), INTERRUPTED);
        assert_eq!((classify(&CliError::usage("x")), of(ErrorKind::InvalidJob)), (USAGE, INVALID));
        assert_eq!(classify(&CliError::from_upload_command(error(ErrorKind::WrongState))), USAGE);
        assert_eq!(classify(&CliError::from_upload_command(error(ErrorKind::InProgress))), NOT_NOW);
        assert_eq!(classify(&CliError::NoSuchUpload("x".into())), UNKNOWN);
        assert_eq!((of(ErrorKind::Config), of(ErrorKind::Deadline)), (USAGE, NOT_NOW));
        assert_eq!(of(ErrorKind::Youku), FAILED);
        assert_eq!(classify(&error(ErrorKind::Youku).retryable().into()), UNREACHABLE);
        assert_eq!(classify(&CliError::local(ErrorKind::Source, "x").retryable()), UNREACHABLE);
    }
}
