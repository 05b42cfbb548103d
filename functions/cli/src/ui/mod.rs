//! What a person reads: texts in two languages, help, progress.

#[cfg(feature = "local-clouds")]
pub(crate) mod demo_reporter;
pub(crate) mod details;
pub(crate) mod help;
pub(crate) mod i18n;
pub(crate) mod key_echo;
pub(crate) mod local_time;
pub(crate) mod messages;
pub(crate) mod output;
pub(crate) mod parse_error;
mod progress_line;
pub(crate) mod reporter;
pub(crate) mod shell_text;
mod status_line;
pub(crate) mod terminal_signals;
pub(crate) mod tracker;
pub(crate) mod wait_line;
pub(crate) mod width;
