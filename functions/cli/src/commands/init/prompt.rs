//! One question on a terminal, asked until the answer fits.

use super::checks::Checked;
use crate::{
    error::CliError,
    ui::{
        details::localize_io,
        i18n::{tr, tr_static},
        key_echo,
        output::{escape, print_error},
    },
};
use std::io::{self, Write, stderr, stdin};

/// A question.
pub(super) struct Question<'a> {
    /// What is asked, without a colon.
    pub(super) text: String,
    /// Whether an empty answer is refused.
    pub(super) is_required: bool,
    /// Whether the answer is not shown while it is typed.
    pub(super) is_secret: bool,
    /// What the answer must be.
    pub(super) check: &'a dyn Fn(&str) -> Checked,
}

impl Question<'_> {
    /// Asks until the answer fits; `None` for an empty one.
    ///
    /// # Errors
    /// Where the terminal cannot be read, or its input ended.
    pub(super) fn ask(&self) -> io::Result<Option<String>> {
        loop {
            write!(stderr(), "{}{}", escape(&self.text), tr_static!(": ", "："))?;
            stderr().flush()?;
            let line = if self.is_secret { read_secret()? } else { read_line()? };
            match line.trim() {
                "" if self.is_required => print_reason(&tr!("this is needed", "此项必填")),
                "" => return Ok(None),
                answer => match (self.check)(answer) {
                    Ok(answer) => return Ok(Some(answer)),
                    Err(reason) => print_reason(&reason),
                },
            }
        }
    }
}

/// A question that has got no answer.
pub(super) fn describe_no_answer(error: io::Error) -> CliError {
    let why = localize_io(&error);
    CliError::usage(tr!("cannot ask on this terminal: {why}", "无法在终端上询问：{why}"))
}

/// Prints something that is no question.
pub(super) fn print_note(text: &str) {
    print_error(text);
}

fn print_reason(reason: &str) {
    print_note(&format!("{}{reason}", tr_static!("  does not fit: ", "  不符合要求：")));
}

fn read_line() -> io::Result<String> {
    let mut line = String::new();
    match stdin().read_line(&mut line)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line),
    }
}

/// Reads a line without showing it, where the terminal allows it. The crate `rpassword` does so in a mode in which Ctrl-Z has no effect.
fn read_secret() -> io::Result<String> {
    key_echo::hide_typing();
    let line = read_line();
    key_echo::restore();
    line
}
