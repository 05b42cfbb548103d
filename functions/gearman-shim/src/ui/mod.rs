//! What a person reads at the start: the help, what is wrong with the command line, and why the program cannot start.

pub(crate) mod help;
pub(crate) mod language;
mod mistake;
pub(crate) mod report;
