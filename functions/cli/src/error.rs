//! What ends a command early, by who found it: that decides exit code and text.

use crate::ui::i18n::tr;
use app::core::{Error, ErrorKind, PreflightReport, UploadError as _, UploadId};

/// What ends a command, or one upload of several.
///
/// Texts of [`Usage`](Self::Usage) and [`Local`](Self::Local) are in the language in use and say what to do. Those of the other variants are
/// English, as in logs, and translated where a person reads them.
#[derive(Debug)]
pub(crate) enum CliError {
    /// An argument, or a file that a flag names, does not fit.
    Usage(Error),
    /// The command line itself found this about a file, the function or a video.
    Local(Error),
    /// `cancel` or `replay-callback` does not fit the state of the upload.
    NotApplicable(Error),
    /// The ledger has no such upload; the text that was given for it.
    NoSuchUpload(String),
    /// A signal ended it; the upload is kept for the next run.
    Interrupted {
        /// The upload, where its id is known.
        upload_id: Option<UploadId>,
    },
    /// The application failed.
    App(Error),
}

impl CliError {
    /// An argument that does not fit; `message` is in the language in use.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(Error::new(ErrorKind::InvalidJob, "usage", message.into()))
    }

    /// A permanent error of `kind` that the command line itself found; `message` is in the language in use.
    pub(crate) fn local(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::Local(Error::new(kind, "local", message.into()))
    }

    /// Converts the error of a command about one upload, where [`WrongState`](ErrorKind::WrongState) means that the command does not fit
    /// the state of the upload.
    pub(crate) fn from_upload_command(error: Error) -> Self {
        match error.kind() {
            ErrorKind::WrongState => Self::NotApplicable(error),
            _ => Self::App(error),
        }
    }

    /// The same error, worth trying again.
    pub(crate) fn retryable(self) -> Self {
        self.map(Error::retryable)
    }

    /// Adds a fact that helps to find the cause.
    pub(crate) fn with_context(self, key: &'static str, value: impl std::fmt::Display) -> Self {
        self.map(|error| error.with_context(key, value))
    }

    /// The same error, known to be about this upload.
    pub(crate) fn with_upload_id(self, upload: &UploadId) -> Self {
        match self {
            Self::Interrupted { .. } => Self::Interrupted { upload_id: Some(upload.clone()) },
            other => other.map(|error| error.with_upload_id(upload)),
        }
    }

    fn map(self, change: impl FnOnce(Error) -> Error) -> Self {
        match self {
            Self::Usage(error) => Self::Usage(change(error)),
            Self::Local(error) => Self::Local(change(error)),
            Self::NotApplicable(error) => Self::NotApplicable(change(error)),
            Self::App(error) => Self::App(change(error)),
            other @ (Self::NoSuchUpload(_) | Self::Interrupted { .. }) => other,
        }
    }

    /// The upload that it is about, where its id is known.
    pub(crate) fn upload_id(&self) -> Option<&UploadId> {
        match self {
            Self::Usage(error) | Self::Local(error) | Self::NotApplicable(error) | Self::App(error) => {
                error.upload_id()
            }
            Self::Interrupted { upload_id } => upload_id.as_ref(),
            Self::NoSuchUpload(_) => None,
        }
    }

    /// What the preflight found, where it refused the file.
    pub(crate) fn preflight(&self) -> Option<&PreflightReport> {
        match self {
            Self::App(error) => error.preflight(),
            _ => None,
        }
    }

    /// The stable code of `--json`.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Usage(error) | Self::Local(error) | Self::NotApplicable(error) | Self::App(error) => {
                error.kind().code()
            }
            Self::NoSuchUpload(_) => "no_such_upload",
            Self::Interrupted { .. } => ErrorKind::Deadline.code(),
        }
    }
}

/// Work that a shutdown ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopped;

impl Stopped {
    /// The text for a person, in the language in use.
    pub(crate) fn describe() -> String {
        tr!("stopped by a signal", "被信号停止")
    }
}

impl From<Stopped> for Error {
    /// [`Deadline`](ErrorKind::Deadline) lets the core postpone the upload, so that the next run resumes it.
    fn from(_: Stopped) -> Self {
        Self::new(ErrorKind::Deadline, "signal", Stopped::describe())
    }
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

impl From<Stopped> for CliError {
    fn from(_: Stopped) -> Self {
        Self::Interrupted { upload_id: None }
    }
}
