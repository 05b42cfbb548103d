//! Reads and completes the details of a core error: the upload it is about, whether anybody will resume that
//! upload, and the sentence that everybody but the operator reads.

use super::{
    details::{ClaimRefusal, Error},
    kind::ErrorKind,
};
use crate::{
    RetryAdvice,
    model::{media::PreflightReport, upload_id::UploadId},
};
use std::{borrow::Cow, error::Error as _};
use youku::Invalid;

/// Context key of the last error that a run waited out before its deadline: its code and the call's name.
pub(crate) const LAST_ERROR: &str = "last_error";

/// Context keys that callers may read: facts that a job's caller stated or can change.
const CALLERS_OWN: [&str; 10] =
    ["field", "why", "header", "entries", "sidecar", "id", "setting", "size", "most", "most_bytes"];

/// Reads and completes [`ErrorDetails`](super::ErrorDetails).
pub trait UploadError: Sized {
    /// Names the upload that the error is about. Responses carry its id next to the text, so that callers can
    /// ask for its state.
    #[must_use]
    fn with_upload_id(self, upload: &UploadId) -> Self;

    /// States that nothing may be on record yet from which anybody else would resume the upload.
    #[must_use]
    fn mark_unrecorded(self) -> Self;

    /// States that the upload was not claimed, and why.
    #[must_use]
    fn with_claim_refusal(self, why: ClaimRefusal) -> Self;

    /// Names the host, with its port, whose call failed: nothing else of a URL.
    #[must_use]
    fn with_host(self, host: Option<String>) -> Self;

    /// Adds what the preflight found.
    #[must_use]
    fn with_preflight(self, report: PreflightReport) -> Self;

    /// What the preflight found, where it refused the object.
    fn preflight(&self) -> Option<&PreflightReport>;

    /// The host, with its port, whose call failed, where that is known. No text of the error repeats it.
    fn host(&self) -> Option<&str>;

    /// The upload that the error is about, if there is one already.
    fn upload_id(&self) -> Option<&UploadId>;

    /// Whether somebody will resume the upload from its record: if so, its event may be dropped.
    fn is_recorded(&self) -> bool;

    /// Why the upload was not claimed; `None` if it was, or if the error is about something else.
    fn claim_refusal(&self) -> Option<ClaimRefusal>;

    /// The field of the video that breaks a limit of Youku's, where the error is about one: `title`, `tags[2]`, `file_name`.
    fn refused_field(&self) -> Option<&str>;

    /// One line for everybody but the operator: it names nothing but what the caller stated.
    fn sentence(&self) -> Cow<'static, str>;
}

/// Whether Youku refused for good what this call asked: another attempt would meet the same. A wait, a lost answer, a token and what only a
/// person can mend are other kinds or other advice.
pub(crate) fn is_youku_refusal(error: &Error) -> bool {
    error.kind() == ErrorKind::Youku && error.advice() == RetryAdvice::Permanent
}

/// Whether what a rewritten sidecar asks for is done with: it does not fit, or Youku refuses it. What a person mends elsewhere, such as a token or a
/// right, is not: it is carried out then.
pub(crate) fn is_sidecar_decided(error: &Error) -> bool {
    let is_permanent = error.advice() == RetryAdvice::Permanent;
    is_youku_refusal(error)
        || is_permanent && matches!(error.kind(), ErrorKind::InvalidJob | ErrorKind::WrongState)
}

impl UploadError for Error {
    fn with_upload_id(mut self, upload: &UploadId) -> Self {
        self.details_mut().upload = Some(upload.clone());
        self
    }

    fn mark_unrecorded(mut self) -> Self {
        self.details_mut().unrecorded = true;
        self
    }

    fn with_claim_refusal(mut self, why: ClaimRefusal) -> Self {
        self.details_mut().claim_refusal = Some(why);
        self
    }

    fn with_host(mut self, host: Option<String>) -> Self {
        self.details_mut().host = host;
        self
    }

    fn with_preflight(mut self, report: PreflightReport) -> Self {
        self.details_mut().preflight = Some(Box::new(report));
        self
    }

    fn preflight(&self) -> Option<&PreflightReport> {
        self.details().preflight.as_deref()
    }

    fn host(&self) -> Option<&str> {
        self.details().host.as_deref()
    }

    fn upload_id(&self) -> Option<&UploadId> {
        self.details().upload.as_ref()
    }

    fn is_recorded(&self) -> bool {
        self.details().upload.is_some() && !self.details().unrecorded
    }

    fn claim_refusal(&self) -> Option<ClaimRefusal> {
        self.details().claim_refusal
    }

    fn refused_field(&self) -> Option<&str> {
        self.source()?.downcast_ref::<Invalid>().map(|invalid| invalid.field.as_str())
    }

    fn sentence(&self) -> Cow<'static, str> {
        match self.kind() {
            ErrorKind::InvalidJob | ErrorKind::NoSuchUpload | ErrorKind::Usage | ErrorKind::WrongState => {
                self.message_with(&CALLERS_OWN).into()
            }
            // The findings' own sentences, which name nothing but what the file holds.
            ErrorKind::NotPublishable => self.message().to_owned().into(),
            kind => {
                let last = self.context_value(LAST_ERROR).filter(|_| kind == ErrorKind::Deadline);
                match last {
                    Some(last) => {
                        format!("{}; the last error was {last}", error::ErrorKind::sentence(kind)).into()
                    }
                    None => error::ErrorKind::sentence(kind).into(),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After a day a scan passes over a sidecar that is decided: a token or a right that was missing for longer must not lose it.
    #[test]
    fn what_is_mended_elsewhere_decides_no_sidecar() {
        use ErrorKind::*;
        for kind in [Unauthorized, ClientRefused, Reauthorize, SourceDenied, SourceMissing, Config, Ledger] {
            assert!(!is_sidecar_decided(&Error::new(kind, "test", "refused")), "{kind:?}");
        }
        for kind in [InvalidJob, WrongState, Youku] {
            let refused = Error::new(kind, "test", "refused").with_advice(RetryAdvice::Permanent);
            assert!(is_sidecar_decided(&refused), "{kind:?}");
            assert!(!is_sidecar_decided(&refused.retryable()), "{kind:?}");
        }
    }
}
