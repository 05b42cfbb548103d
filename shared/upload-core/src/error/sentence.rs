//! The sentence that callers, callback receivers and event destinations read about a failure.
//!
//! An error's own text names places that are none of a caller's business, such as Youku's bucket or a key of the
//! ledger: it is for the log and the operator's terminal. Everybody else reads a sentence that depends on the
//! kind alone. Only an invalid job and a file that is no video are described in detail: the detail is the caller's own.

use super::kind::ErrorKind;

/// Returns the sentence for a failure of this kind.
fn sentence(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidJob => "the job does not fit",
        ErrorKind::NotPublishable => "the file cannot become a video",
        ErrorKind::Usage => "the request does not fit",
        ErrorKind::WrongState => "the upload's state does not permit it",
        ErrorKind::NoSuchUpload => "the ledger knows no such upload",
        // The legacy worker's own words.
        ErrorKind::SourceMissing => "oss key not found",
        ErrorKind::SourceChanged => "the object was changed or replaced after its upload had begun",
        ErrorKind::SourceDenied => "the credentials in use do not allow reading the object",
        ErrorKind::Source => "the object could not be read",
        ErrorKind::Target
        | ErrorKind::CredentialExpired
        | ErrorKind::NoSuchMultipart
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
        ErrorKind::Integrity | ErrorKind::VerificationFailed => {
            "the bytes do not have the checksum that was stated for them"
        }
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

impl error::ErrorKind for ErrorKind {
    fn code(self) -> &'static str {
        Self::code(self)
    }

    fn sentence(self) -> &'static str {
        sentence(self)
    }
}
