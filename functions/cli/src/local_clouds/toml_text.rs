//! Settings as TOML text: one line for each section.

use crate::ui::output::quote_toml;
use serde_json::{Map, Value};

/// Renders a tree of settings. Fields that are null are left out: TOML has none.
pub(super) fn render(tree: &Map<String, Value>) -> String {
    let stated = tree.iter().filter(|(_, value)| !value.is_null());
    stated.map(|(key, value)| format!("{} = {}\n", render_key(key), render_value(value))).collect()
}

fn render_key(key: &str) -> String {
    let is_bare = |one: char| one.is_ascii_alphanumeric() || one == '_' || one == '-';
    if !key.is_empty() && key.chars().all(is_bare) { key.to_owned() } else { quote_toml(key) }
}

/// JSON writes numbers and flags as TOML does.
fn render_value(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(render_value).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let stated = fields.iter().filter(|(_, value)| !value.is_null());
            let fields: Vec<_> =
                stated.map(|(key, value)| format!("{} = {}", render_key(key), render_value(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::String(text) => quote_toml(text),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_rendered_is_read_again_as_it_was() {
        let tree = json!({"paused": true, "rules": [{"bucket": "b", "tags": ["一 \"二\"", "\\", "\u{7f}\u{9b}"]}],
            "accounts": {"a.b": {"client_id": "x\n"}}, "n": 1.5, "empty": {}});
        let text = tree.as_object().map(render).unwrap_or_default();
        assert_eq!(toml::from_str::<Value>(&text).ok(), Some(tree), "{text}");
        assert_eq!(text.lines().count(), 5, "a section a line: {text}");
    }
}
