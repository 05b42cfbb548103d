//! Lines on standard output and standard error. Write errors are ignored: either may be closed.

use serde_json::Value;
use std::{
    fmt::Display,
    io::{Write, stderr, stdout},
};

/// Prints a line of results on standard output.
pub(crate) fn print_line(text: impl Display) {
    let _ = writeln!(stdout(), "{text}");
}

/// Prints a line for a person on standard error.
pub(crate) fn print_error(text: impl Display) {
    let _ = writeln!(stderr(), "{text}");
}

/// Removes the fields of a JSON object that are null.
pub(crate) fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, value| !value.is_null());
    }
    value
}
