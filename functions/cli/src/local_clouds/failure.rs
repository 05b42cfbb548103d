//! What ends `demo` or `dev` early.

use crate::{
    exit_code::{DENIED, FAILED, UNKNOWN, USAGE},
    ui::{
        details::{localize, localize_io},
        i18n::tr,
        output::escape,
    },
};
use std::{fmt, io, path::Path};

/// What ends the command: a text for a person, in the language in use, and the exit code of its class.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) code: u8,
    message: String,
}

impl Failure {
    /// A failure of the class that `code` stands for.
    pub(crate) fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The command line or the settings do not fit.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(USAGE, message)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

// Not an error itself, so that `?` takes every error.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(FAILED, localize(&error.to_string()))
    }
}

/// Names the file that an I/O error is about.
pub(crate) fn name_file(path: &Path, error: &io::Error) -> Failure {
    let path = path.display().to_string();
    let path = escape(&path);
    match error.kind() {
        io::ErrorKind::NotFound => {
            Failure::new(UNKNOWN, tr!("{path}: there is no such file", "{path}：没有这个文件"))
        }
        io::ErrorKind::PermissionDenied => {
            Failure::new(DENIED, tr!("{path}: permission denied", "{path}：没有权限"))
        }
        _ => {
            let why = localize_io(error);
            Failure::new(FAILED, tr!("{path}: {why}", "{path}：{why}"))
        }
    }
}
