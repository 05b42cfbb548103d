//! What ends `demo` or `dev` early.

use crate::ui::i18n::tr;
use std::{error::Error, io, path::Path};

/// What ends the command; its text is for a person.
pub(crate) type Failure = Box<dyn Error>;

/// Names the file that an I/O error is about.
pub(crate) fn name_file(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => tr!("{path}: there is no such file", "{path}：没有这个文件"),
        io::ErrorKind::PermissionDenied => tr!("{path}: permission denied", "{path}：没有权限"),
        _ => tr!("{path}: {error}", "{path}：出错：{error}"),
    }
    .into()
}
