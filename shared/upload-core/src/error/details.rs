//! What an error of the core says besides its kind: which upload it is about, and whether anybody will resume
//! that upload.

use super::kind::ErrorKind;
use crate::model::{media::PreflightReport, upload_id::UploadId};
use error::{Details, Fact};
use std::borrow::Cow;

/// An error of the core or of one of its ports.
///
/// `Display` is one line for people; `Debug` is long and for logs. Neither may hold a secret, a signed URL or a
/// body that another server sent: ports must not put them in.
pub type Error = error::Error<ErrorKind, ErrorDetails>;

/// Why an upload was not claimed at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimRefusal {
    /// Another holder has its lease.
    LeaseHeld,
    /// Its file lies on another machine.
    SourceElsewhere,
    /// It waits for a time that has not come; the error's kind says what for.
    NotDue,
}

/// The upload that an error is about, and the host whose call failed.
#[derive(Debug, Clone, Default)]
pub struct ErrorDetails {
    pub(super) upload: Option<UploadId>,
    pub(super) unrecorded: bool,
    pub(super) claim_refusal: Option<ClaimRefusal>,
    pub(super) host: Option<String>,
    /// Boxed, since hardly any error has one.
    pub(super) preflight: Option<Box<PreflightReport>>,
}

impl Details for ErrorDetails {
    fn facts(&self) -> Vec<Fact<'_>> {
        Vec::new()
    }

    fn log_facts(&self) -> Vec<Fact<'_>> {
        self.upload.iter().map(|id| ("upload_id", Cow::from(id.as_str()))).collect()
    }
}
