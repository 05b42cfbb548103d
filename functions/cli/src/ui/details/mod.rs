//! The details of errors in Chinese.
//!
//! The libraries word their errors in English, for logs, the ledger and `--json`. A person who reads Chinese gets the same text by way of
//! this catalogue: an English text, or a template with `{}` where a value stands, next to its Chinese one. A text that the catalogue does
//! not know stays as it is, so nothing is lost; a test of the workspace demands an entry for each text that the libraries hold.
//!
//! | module | its texts |
//! |---|---|
//! | [`storage`] | object storage, and the files of a folder |
//! | [`youku`] | Youku's API, upload server and limits for metadata |
//! | [`ledger`] | the ledger, leases and access tokens |
//! | [`upload`] | transfer, commit, the merge of metadata, rules |
//! | [`settings`] | settings, tasks, the application's use cases |
//! | [`callbacks`] | callbacks |
//! | [`http_api`] | the function's HTTP API |
//! | [`commands`] | the command line itself |
//! | [`tag_number`] | none: it counts tags as people do |
//! | [`others`] | serde, TOML, clap and the parsers of Rust |
//! | [`system`] | the operating system |

mod callbacks;
mod commands;
mod facts;
mod http_api;
mod ledger;
mod others;
mod parse;
mod settings;
mod storage;
mod system;
mod tag_number;
mod template;
mod upload;
mod videos;
mod youku;

pub(crate) use parse::translate_or_keep;

use crate::{
    config_flag,
    ui::{
        i18n::{Lang, current},
        shell_text::write_command,
    },
};
use app::core::{Error, RetryAdvice, UploadError as _};
use std::{borrow::Cow, io};

/// Returns the text in the language in use; one that the catalogue does not know stays as it is.
pub(crate) fn localize(text: &str) -> Cow<'_, str> {
    let text = tag_number::count_from_one(text);
    match current() {
        Lang::En => complete_commands(text),
        Lang::Zh => complete_commands(translate_or_keep(&text).into()),
    }
}

/// Completes the commands of this program that a library's text advises: `--config` is the command line's own.
fn complete_commands(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some((before, command)) = text.split_once("`oss2youku ").filter(|_| config_flag::find().is_some())
    else {
        return text;
    };
    let (command, after) = command.split_once('`').unwrap_or((command, ""));
    let after = complete_commands(after.into());
    Cow::Owned(format!("{before}`{}`{after}", write_command(command)))
}

/// Returns a failure of the operating system, or of Rust's input and output, in the language in use; its number stays.
pub(crate) fn localize_io(error: &io::Error) -> String {
    localize(&error.to_string()).into_owned()
}

/// Returns texts that are joined by semicolons, such as the warnings about a video, in the language in use.
pub(crate) fn localize_list(texts: &str) -> String {
    match current() {
        Lang::En => texts.to_owned(),
        Lang::Zh => parse::translate_list(texts),
    }
}

/// An error as a person reads it.
pub(crate) struct Detail {
    /// Message and context.
    pub(crate) text: String,
    /// Whether the text alone says what went wrong: it is a sentence in the language in use, and no failed call such as `GetObject`.
    pub(crate) stands_alone: bool,
}

/// Describes an error in the language in use.
pub(crate) fn describe(error: &Error) -> Detail {
    match current() {
        Lang::En => {
            let text = error.to_string();
            let text = complete_commands(tag_number::count_from_one(&text));
            Detail { text: text.into_owned(), stands_alone: true }
        }
        Lang::Zh => describe_zh(error),
    }
}

fn describe_zh(error: &Error) -> Detail {
    // The findings bring their own Chinese.
    if let Some(report) = error.preflight() {
        let sentences = report.refusals().map(|finding| finding.text_zh.as_str());
        return Detail { text: sentences.collect(), stands_alone: true };
    }
    let message = tag_number::count_from_one(error.message());
    let known = parse::translate(&message);
    let stands_alone = (known.is_some() || !error.message().is_ascii()) && !parse::is_call(&message);
    let text = known.unwrap_or_else(|| message.into_owned());
    let mut text = complete_commands(text.into()).into_owned();
    let context =
        error.context().iter().map(|(name, value)| facts::translate_fact(name, value, translate_or_keep));
    text += &facts::join(context);
    if error.advice() == RetryAdvice::Exhausted {
        text += "；重试一段时间后放弃";
    }
    Detail { text, stands_alone }
}

#[cfg(test)]
mod tests;
