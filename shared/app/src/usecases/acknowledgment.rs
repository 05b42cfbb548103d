//! Whether an event may be acknowledged.

use crate::application::App;
use upload_core::{Error, ErrorKind, RetryAdvice, UploadError as _};

impl App {
    /// Whether the event of an upload that ended so may be acknowledged: nothing is left to do, or the sweep does it.
    #[must_use]
    pub fn is_settled(&self, error: &Error) -> bool {
        match error.kind() {
            // A person repairs these while the platform retries.
            ErrorKind::Config | ErrorKind::SourceDenied | ErrorKind::Ledger => false,
            // Without an open mark the sweep does not know of the upload: only what can never succeed settles the event.
            _ if !error.is_recorded() => {
                matches!(error.kind(), ErrorKind::InvalidJob | ErrorKind::SourceMissing)
                    && error.advice() == RetryAdvice::Permanent
            }
            ErrorKind::Unauthorized | ErrorKind::ClientRefused | ErrorKind::Reauthorize => {
                self.settings.sweep.enabled
            }
            _ if error.advice() == RetryAdvice::Permanent => true,
            _ => self.settings.sweep.enabled,
        }
    }
}
