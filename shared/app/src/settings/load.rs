//! Reading the settings: file, then environment.

use super::Settings;
use serde_json::{Map, Value};
use std::{fs, io, path::Path};
use upload_core::{Error, ErrorKind, document};

/// JSON's tree, although the text is TOML: tasks are read from one too, so that readers are compiled once.
type Table = Map<String, Value>;

/// Names the settings file.
pub const CONFIG_VARIABLE: &str = "OSS2YOUKU_CONFIG";
const PREFIX: &str = "OSS2YOUKU_";
/// Fields of keys and secrets. One that is blank is not set: a platform, or a file with blanks to fill in, has them so.
const SECRETS: [&str; 6] =
    ["access_key_id", "access_key_secret", "access_token", "refresh_token", "client_secret", "seal_key"];
/// Read where no file is named; a function's working directory is its package.
const DEFAULT_FILE: &str = "oss2youku.toml";

impl Settings {
    /// The settings of this process: the file that `OSS2YOUKU_CONFIG` names, else `oss2youku.toml` in the working directory
    /// where there is one, overlaid by the environment.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config), naming file, line and field.
    pub fn load() -> Result<Self, Error> {
        let named = std::env::var_os(CONFIG_VARIABLE);
        let path = named.as_deref().map_or(Path::new(DEFAULT_FILE), Path::new);
        let file = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => String::new(),
            Err(error) => {
                let error = wrong("the settings file cannot be read").with_context("why", error.to_string());
                return Err(error.with_context("file", path.display().to_string()));
            }
        };
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::from_parts(&path.display().to_string(), &file, variables)
    }

    /// The settings that a file's text and some variables make.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_parts(
        file_name: &str,
        file: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let mut tree: Table = toml::from_str(file).map_err(|error: toml::de::Error| {
            // Its own words would quote the line, and a line may hold a secret.
            let before = error.span().and_then(|span| file.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|one| *one != '\n').count() + 1;
            let error = wrong("the settings file is not TOML").with_context("why", error.message());
            let error = error.with_context("file", file_name).with_context("line", line.to_string());
            error.with_context("column", column.to_string())
        })?;
        for (name, value) in variables {
            if let Some(path) = name.strip_prefix(PREFIX).filter(|_| name != CONFIG_VARIABLE) {
                overlay(&mut tree, &name, path, value)?;
            }
        }
        drop_blank_secrets(&mut tree);
        let settings: Self = document::deserialize(Value::Object(tree)).map_err(|misfit| {
            let why = without_value(&misfit.why);
            wrong("a setting does not fit").with_context("field", misfit.path).with_context("why", why)
        })?;
        settings.transfer.transfer().map_err(wrong)?;
        settings.ledger.lease_life().map_err(wrong)?;
        settings.sweep.check().map_err(wrong)?;
        settings.http.check().map_err(wrong)?;
        settings.callback.check().map_err(wrong)?;
        settings.source.check().map_err(wrong)?;
        settings.check_rules()?;
        Ok(settings)
    }

    fn check_rules(&self) -> Result<(), Error> {
        for rule in self.rules.iter() {
            if !self.accounts.contains_key(&rule.account) {
                return Err(wrong("a rule names an account that is not in the settings")
                    .with_context("bucket", &rule.bucket)
                    .with_context("account", &rule.account));
            }
            if let Some(Err(why)) = rule.callback.as_ref().map(|url| self.callback.accepts(url)) {
                return Err(wrong("a rule's callback cannot be called")
                    .with_context("bucket", &rule.bucket)
                    .with_context("callback", why));
            }
        }
        Ok(())
    }
}

/// serde's words without the value that they quote: it may be a secret, and it stands before what was expected.
fn without_value(why: &str) -> String {
    let quotes = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `"];
    if !quotes.iter().any(|quote| why.starts_with(quote)) {
        return why.to_owned();
    }
    why.rfind(", expected ").map_or_else(|| "it has the wrong form".into(), |at| why[at + 2..].to_owned())
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

/// Puts one variable into the tree.
fn overlay(tree: &mut Table, name: &str, path: &str, text: String) -> Result<(), Error> {
    let mut levels: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
    let Some(last) = levels.pop() else { return Ok(()) };
    if is_secret(&last) && text.trim().is_empty() {
        return Ok(());
    }
    let mut table = tree;
    for level in levels {
        let below = table.entry(level).or_insert_with(|| Value::Object(Table::new()));
        table = below
            .as_object_mut()
            .ok_or_else(|| wrong("this variable names no setting").with_context("variable", name))?;
    }
    let value = if text.starts_with(['[', '{']) {
        let inline: Table =
            toml::from_str(&format!("value = {text}")).map_err(|error: toml::de::Error| {
                wrong("this variable is not TOML")
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

fn wrong(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Config, "settings", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn load(file: &str, variables: &[(&str, &str)]) -> Result<Settings, Error> {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Settings::from_parts("test.toml", file, variables)
    }

    #[test]
    fn the_environment_overlays_the_file_and_numbers_may_be_text() {
        let file = "[transfer]\nin_flight = 4\npart_mib = 16\n[accounts.main]\nclient_id = 'c'\naccess_token = 'file'";
        let variables = [
            ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2"),
            ("OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN", "12345"),
            ("OSS2YOUKU_RULES", r#"[{bucket="b",account="main",public_type="all"}]"#),
            ("HOME", "/root"),
        ];
        let settings = load(file, &variables).expect("settings");
        let transfer = settings.transfer.transfer().expect("in range");
        assert_eq!((transfer.in_flight, transfer.part_size), (2, 16 << 20));
        assert_eq!(settings.accounts["main"].access_token.expose_secret(), "12345");
        assert_eq!(settings.rules.iter().count(), 1);
    }

    #[test]
    fn a_blank_key_or_secret_is_not_set() {
        let file = "[source]\naccess_key_id = ''\naccess_key_secret = ' '\n[accounts.main]\nclient_id = 'c'\naccess_token = 'file'\nrefresh_token = ''\nclient_secret = ''";
        let blank = |name| (name, "\t");
        let variables = [
            blank("OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN"),
            blank("OSS2YOUKU_ACCOUNTS__OTHER__REFRESH_TOKEN"),
            blank("OSS2YOUKU_SOURCE__ACCESS_KEY_ID"),
            blank("OSS2YOUKU_LEDGER__SEAL_KEY"),
        ];
        let settings = load(file, &variables).expect("settings");
        let main = &settings.accounts["main"];
        assert_eq!(main.access_token.expose_secret(), "file", "a variable that is not set overlays nothing");
        assert!(main.refresh_token.is_none() && main.client_secret.is_none());
        assert!(settings.source.credentials().is_none() && settings.ledger.seal_key.is_none());
        assert_eq!(settings.accounts.len(), 1);
        let error = load("[accounts.main]\nclient_id = 'c'\naccess_token = ''", &[]).expect_err("refused");
        assert!(error.to_string().contains("missing field `access_token`"), "{error}");
    }

    #[test]
    fn what_is_wrong_is_named_and_no_secret_is_repeated() {
        let rule = r#"[{bucket="b",account="x",public_type="all"}]"#;
        let cases = [
            ("a = b c s3cret", ("HOME", ""), ["not TOML", "line: 1, column: 5"]),
            ("[youku]\napii = 'x'", ("HOME", ""), ["youku", "apii"]),
            ("", ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "many"), ["transfer.in_flight", "invalid digit"]),
            ("[transfer]\nin_flight = [1]", ("HOME", ""), ["transfer.in_flight", "expected usize"]),
            ("[source]\naccess_key_id = 'x'", ("HOME", ""), ["source.access_key_secret", "missing"]),
            ("[source]\naccess_key_secret = 'x'", ("HOME", ""), ["source.access_key_id", "missing"]),
            ("", ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "65"), ["in_flight", "must be 1 to 64, not 65"]),
            ("", ("OSS2YOUKU_SWEEP__REQUESTS", "1"), ["sweep.requests", "2 to 100000, not 1"]),
            ("", ("OSS2YOUKU_SWEEP__GRACE_SECONDS", "86401"), ["sweep.grace_seconds", "0 to 86400"]),
            ("", ("OSS2YOUKU_RULES", "[{"), ["OSS2YOUKU_RULES", "not TOML"]),
            ("", ("OSS2YOUKU_RULES", rule), ["bucket: b", "account: x"]),
        ];
        for (file, variable, words) in cases {
            let error = load(file, &[variable]).expect_err("refused").to_string();
            assert!(words.iter().all(|word| error.contains(word)), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_not_repeated() {
        let account = "[accounts.main]\nclient_id = 'c'\naccess_token = ";
        let rule = "[[rules]]\nbucket = 'b'\naccount = 'main'\npublic_type = 'password'\n";
        let cases = [
            (format!("{account}77777777"), ("HOME", ""), "accounts.main.access_token", "expected a string"),
            (
                format!("{rule}watch_password=91827364"),
                ("HOME", ""),
                "rules[0].watch_password",
                "expected a string",
            ),
            (String::new(), ("OSS2YOUKU_ACCOUNTS__MAIN", "S3CRET"), "accounts.main", "expected struct"),
            (
                String::new(),
                ("OSS2YOUKU_HTTP__TOKENS", "S3CRET, expected 91827364"),
                "http.tokens",
                "expected a sequence",
            ),
            (
                String::new(),
                ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "S3CRET"),
                "http.trust_gateway",
                "`true` or `false`",
            ),
            (
                String::new(),
                ("OSS2YOUKU_SOURCE__ADDRESSING", "S3CRET"),
                "source.addressing",
                "`virtual-host`",
            ),
            (format!("{account}'t'\nak = 'S3CRET'"), ("HOME", ""), "accounts.main.ak", "unknown field `ak`"),
            (
                "[accounts.main]\naccess_token = 'S3CRET'".into(),
                ("HOME", ""),
                "accounts.main",
                "missing field `client_id`",
            ),
        ];
        for (file, variable, field, why) in cases {
            let error = load(&file, &[variable]).expect_err("refused").to_string();
            assert!(error.contains(&format!("field: {field}, why: ")) && error.contains(why), "{error}");
            let secrets = ["77777777", "91827364", "S3CRET"];
            assert!(!secrets.iter().any(|secret| error.contains(secret)), "{error}");
        }
    }
}
