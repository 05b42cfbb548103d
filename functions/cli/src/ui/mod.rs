//! What a person reads: texts in two languages, help, progress.

#[cfg(feature = "local-clouds")]
pub(crate) mod demo_reporter;
pub(crate) mod help;
pub(crate) mod i18n;
pub(crate) mod messages;
pub(crate) mod output;
pub(crate) mod parse_error;
pub(crate) mod reporter;
