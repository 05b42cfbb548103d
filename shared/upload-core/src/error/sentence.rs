//! What those are told of an error who are not the operator: callers, callback receivers, the destinations of events.
//!
//! An error's own text names places that are no caller's business, such as Youku's bucket or a key of the ledger: it is for the log and for the
//! operator's terminal. Others read a sentence that the kind alone decides. Only a job that does not fit is told what in it does not:
//! that is the caller's own.

use crate::{Error, ErrorKind};
use std::borrow::Cow;

/// Facts about a job that its caller stated or can change.
const CALLERS_OWN: [&str; 10] =
    ["field", "why", "header", "entries", "sidecar", "id", "setting", "size", "most", "most_bytes"];
/// The code and the call's name of what a run waited out until its deadline.
pub(crate) const LAST_ERROR: &str = "last_error";

impl Error {
    /// One line for whoever is not the operator: no name of a place is in it but what the caller stated.
    #[must_use]
    pub fn sentence(&self) -> Cow<'static, str> {
        match self.kind() {
            ErrorKind::InvalidJob => self.to_string_with(&CALLERS_OWN).into(),
            kind => {
                let last =
                    self.context().iter().find(|(key, _)| kind == ErrorKind::Deadline && *key == LAST_ERROR);
                match last {
                    Some((_, last)) => format!("{}; the last error was {last}", sentence(kind)).into(),
                    None => sentence(kind).into(),
                }
            }
        }
    }
}

/// What a caller is told of a failure of this kind.
fn sentence(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidJob => "the job does not fit",
        // The legacy worker's own words.
        ErrorKind::SourceMissing => "oss key not found",
        ErrorKind::SourceChanged => "the object was changed or replaced after its upload had begun",
        ErrorKind::SourceDenied => "the object may not be read with the credentials in use",
        ErrorKind::Source => "the object could not be read",
        ErrorKind::Target
        | ErrorKind::CredentialExpired
        | ErrorKind::NoSuchUpload
        | ErrorKind::PartExists => "Youku's storage did not take the object's bytes",
        ErrorKind::Unauthorized => "Youku refuses the access token of the account",
        ErrorKind::ClientRefused => {
            "Youku does not know the client_id of the account: correct it in the settings"
        }
        ErrorKind::Reauthorize => {
            "Youku refuses the access token, and it cannot be renewed: put a new access_token and refresh_token into the settings"
        }
        ErrorKind::SessionOver => "Youku ended the upload's session",
        ErrorKind::RateLimited => "Youku takes no more calls for now",
        ErrorKind::Youku => "Youku refused the call or failed",
        ErrorKind::Integrity => "the bytes do not have the checksum that was stated for them",
        ErrorKind::HashRefused => "Youku refused the file for its MD5",
        ErrorKind::CommitUnknown => "it is not known whether Youku made a video of it",
        ErrorKind::Deadline => "the time allowed for this run is over: the upload is left to the next one",
        ErrorKind::Cancelled => "the upload was cancelled",
        ErrorKind::InProgress => "the upload is in progress elsewhere",
        ErrorKind::Superseded => "another run has taken the upload over",
        ErrorKind::Ledger => "the record of uploads could not be used",
        ErrorKind::Config => "a setting is missing or wrong: the log names it",
        ErrorKind::Failed => "the upload failed: the log names the reason",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every kind's answer, one a line: what callers may come to rely on.
    const GOLDEN: &str = include_str!("sentences.txt");

    #[test]
    fn a_deadline_names_what_was_waited_out() {
        let error = Error::new(ErrorKind::Deadline, "upload", "inner")
            .with_context(LAST_ERROR, "target_failed in UploadPart");
        let told = error.sentence();
        assert!(told.ends_with("; the last error was target_failed in UploadPart"), "{told}");
        assert!(!told.contains("inner"), "{told}");
    }

    #[test]
    fn what_callers_are_told_is_made_of_the_kind_alone() {
        let told = ErrorKind::all().map(|kind| {
            let error = Error::new(kind, "inner-operation", format!("inner-bucket {kind:?}"))
                .with_context("bucket", "inner-bucket")
                .with_context("key", "inner-key")
                .with_context("field", "conf.keyname")
                .with_context("why", "is missing")
                .with_source(std::io::Error::other("inner-cause"));
            format!("{}: {}\n", kind.code(), error.sentence())
        });
        let told: String = told.collect();
        // The message of a job that does not fit is ours and names no place.
        assert_eq!(told.replace("inner-bucket InvalidJob", "the task does not fit"), GOLDEN);
        assert!(!told.replace("inner-bucket InvalidJob", "").contains("inner"), "{told}");
    }
}
