//! serde's words about a value that does not fit, without the value: it may be a secret.
//!
//! Every place of the crate that shows such words takes them from here.

/// Longest field name that an error repeats, in characters: a task's member may have any name.
const FIELD_CHARACTERS: usize = 80;

/// Keeps what serde expected and drops the value, which its words quote before that. For an operator, who knows serde's types from the
/// settings.
pub(crate) fn remove_value(why: &str) -> String {
    let quotes = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `"];
    if !quotes.iter().any(|quote| why.starts_with(quote)) {
        return why.to_owned();
    }
    why.rfind(", expected ").map_or_else(|| "it has the wrong form".into(), |at| why[at + 2..].to_owned())
}

/// Says what is wrong in words of our own. For a caller, who does not know serde's types.
pub(crate) fn describe_problem(why: &str) -> String {
    if let Some(name) = why.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return format!("lacks {name}");
    }
    let problems = [
        ("unknown field", "is not a known name"),
        ("duplicate field", "states a field twice"),
        ("unknown variant", "is not one of the accepted words"),
        ("invalid type", "has the wrong type"),
    ];
    let found = problems.iter().find(|(start, _)| why.starts_with(start));
    found.map_or("does not fit", |(_, problem)| problem).to_owned()
}

/// Bounds a field's name and drops its control characters.
pub(crate) fn shorten_field_name(field: &str) -> String {
    field.chars().filter(|character| !character.is_control()).take(FIELD_CHARACTERS).collect()
}
