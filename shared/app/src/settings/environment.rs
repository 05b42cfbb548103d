//! The overlay of environment variables over the settings file.

use serde_json::{Map, Value};
use std::borrow::Cow;
use upload_core::{Error, ErrorKind};

/// JSON's tree, although the text is TOML: tasks are read from one too, so that readers are compiled once.
pub(super) type Table = Map<String, Value>;

/// Names the settings file.
pub const CONFIG_VARIABLE: &str = "OSS2YOUKU_CONFIG";
const PREFIX: &str = "OSS2YOUKU_";
/// Fields of keys and secrets. A blank one counts as not set: platforms have them so, and files with blanks to fill in.
const SECRETS: [&str; 6] =
    ["access_key_id", "access_key_secret", "access_token", "refresh_token", "client_secret", "seal_key"];

/// Puts the variables that name a setting into the tree, then drops blank secrets from it.
///
/// # Errors
/// Names the variable that does not fit.
pub(super) fn overlay(
    tree: &mut Table,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<(), Error> {
    for (name, value) in variables {
        if let Some(path) = variable_path(&name) {
            overlay_variable(tree, &name, path, value)?;
        }
    }
    drop_blank_secrets(tree);
    Ok(())
}

/// The levels of the setting that a variable names; `None` where it names none.
pub(super) fn variable_path(name: &str) -> Option<Vec<String>> {
    let path = name.strip_prefix(PREFIX).filter(|_| name != CONFIG_VARIABLE)?;
    Some(path.split("__").map(str::to_ascii_lowercase).collect())
}

/// Puts one variable into the tree.
fn overlay_variable(
    tree: &mut Table,
    name: &str,
    mut levels: Vec<String>,
    text: String,
) -> Result<(), Error> {
    let Some(last) = levels.pop() else { return Ok(()) };
    if is_secret(&last) && text.trim().is_empty() {
        return Ok(());
    }
    let mut table = tree;
    for level in levels {
        let below = table.entry(level).or_insert_with(|| Value::Object(Table::new()));
        table = below
            .as_object_mut()
            .ok_or_else(|| settings_error("this variable names no setting").with_context("variable", name))?;
    }
    let value = if text.starts_with(['[', '{']) {
        let inline: Table =
            toml::from_str(&format!("value = {text}")).map_err(|error: toml::de::Error| {
                settings_error("this variable is not TOML")
                    .with_context("variable", name)
                    .with_context("why", error.message())
            })?;
        inline.into_iter().next().map_or(Value::String(text), |(_, value)| value)
    } else {
        Value::String(text)
    };
    table.insert(last, value);
    Ok(())
}

fn is_secret(field: &str) -> bool {
    SECRETS.contains(&field)
}

fn drop_blank_secrets(table: &mut Table) {
    table.retain(|field, value| {
        !(is_secret(field) && value.as_str().is_some_and(|text| text.trim().is_empty()))
    });
    table.values_mut().filter_map(Value::as_object_mut).for_each(drop_blank_secrets);
}

/// An error of the settings.
pub(super) fn settings_error(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Config, "settings", message)
}
