//! Reading the settings: file, then environment.

use super::{
    environment::{CONFIG_VARIABLE, Table, overlay, settings_error},
    tree::Settings,
};
use ::error::{deserialize, without_value};
use serde_json::Value;
use std::{fs, io, path::Path};
use upload_core::Error;

/// Read where no file is named; a function's working directory is its package.
const DEFAULT_FILE: &str = "oss2youku.toml";

impl Settings {
    /// Reads the settings of this process: the file that `OSS2YOUKU_CONFIG` names, else `oss2youku.toml` in the working directory
    /// where there is one, overlaid by the environment.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config), naming file, line and field.
    pub fn load() -> Result<Self, Error> {
        let named = std::env::var_os(CONFIG_VARIABLE);
        let path = named.as_deref().map_or(Path::new(DEFAULT_FILE), Path::new);
        let file = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => String::new(),
            Err(error) => {
                return Err(settings_error("the settings file cannot be read")
                    .with_context("why", error.to_string())
                    .with_context("file", path.display().to_string()));
            }
        };
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::from_parts(&path.display().to_string(), &file, variables)
    }

    /// Reads the settings from a file's text and some variables.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_parts(
        file_name: &str,
        file: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let mut tree: Table = toml::from_str(file).map_err(|error| toml_error(file_name, file, &error))?;
        overlay(&mut tree, variables)?;
        let settings: Self = deserialize(Value::Object(tree)).map_err(|error| {
            settings_error("a setting does not fit")
                .with_context("field", error.path.unwrap_or_else(|| ".".into()))
                .with_context("why", without_value(&error.message))
        })?;
        settings.check()?;
        Ok(settings)
    }

    /// Checks what the types alone do not ensure.
    fn check(&self) -> Result<(), Error> {
        self.transfer.to_transfer().map_err(settings_error)?;
        self.ledger.lease_life().map_err(settings_error)?;
        self.sweep.check().map_err(settings_error)?;
        self.http.check().map_err(settings_error)?;
        self.callback.check().map_err(settings_error)?;
        self.source.check().map_err(settings_error)?;
        self.check_rules()
    }

    fn check_rules(&self) -> Result<(), Error> {
        for rule in self.rules.iter() {
            if !self.accounts.contains_key(&rule.account) {
                return Err(settings_error("a rule names an account that is not in the settings")
                    .with_context("bucket", &rule.bucket)
                    .with_context("account", &rule.account));
            }
            if let Some(Err(why)) = rule.callback.as_ref().map(|url| self.callback.check_url(url)) {
                return Err(settings_error("a rule's callback cannot be called")
                    .with_context("bucket", &rule.bucket)
                    .with_context("callback", why));
            }
        }
        Ok(())
    }
}

/// Where and why the file is not TOML. TOML's own words would quote the line, and a line may hold a secret.
fn toml_error(file_name: &str, file: &str, error: &toml::de::Error) -> Error {
    let before = error.span().and_then(|span| file.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|one| *one != '\n').count() + 1;
    settings_error("the settings file is not TOML")
        .with_context("why", error.message())
        .with_context("file", file_name)
        .with_context("line", line.to_string())
        .with_context("column", column.to_string())
}
