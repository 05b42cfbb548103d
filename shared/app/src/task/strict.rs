//! JSON in which every field must be known and of its type.

use super::invalid;
use serde::de::{DeserializeOwned, Deserializer};
use upload_core::{Error, document};

/// Longest field name that an error repeats, in characters: a task's member may have any name.
const FIELD_CHARACTERS: usize = 80;

/// Reads a value; what does not fit is named by its path, below `parent` where there is one.
pub(super) fn read<'de, T, D>(parent: &str, from: D) -> Result<T, Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    document::deserialize(from).map_err(|misfit| {
        let field = match (parent, misfit.path.as_str()) {
            ("", ".") => "task".to_owned(),
            ("", path) => path.to_owned(),
            (parent, ".") => parent.to_owned(),
            (parent, path) => format!("{parent}.{path}"),
        };
        let shown: String = field.chars().filter(|c| !c.is_control()).take(FIELD_CHARACTERS).collect();
        invalid(&shown, problem(&misfit.why))
    })
}

/// What is wrong, in our words: serde's own repeat the value.
fn problem(words: &str) -> String {
    if let Some(name) = words.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return format!("lacks {name}");
    }
    let known = [
        ("unknown field", "is not a known name"),
        ("duplicate field", "states a field twice"),
        ("unknown variant", "is not one of the accepted words"),
        ("invalid type", "has the wrong type"),
    ];
    let found = known.iter().find(|(start, _)| words.starts_with(start));
    found.map_or("does not fit", |(_, problem)| problem).to_owned()
}
