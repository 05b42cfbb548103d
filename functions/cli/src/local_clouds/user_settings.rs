//! The user's own settings in `dev`: what of them holds, and what the local clouds replace.

use super::failure::{Failure, name_file};
use crate::ui::{details::localize, i18n::tr};
use serde_json::{Map, Value};
use std::{collections::BTreeSet, fs, path::Path};

/// Sections that name places, credentials or what `dev` itself reads. A group must hear nothing of uploads to a local Youku.
const REPLACED: [&str; 5] = ["accounts", "ledger", "log", "robots", "source"];
/// Fields that do so in sections of which the rest holds: credentials, and Youku's hosts with the region of one.
const REPLACED_FIELDS: [(&str, &str); 6] = [
    ("http", "tokens"),
    ("youku", "api"),
    ("youku", "old_api"),
    ("youku", "call_urls"),
    ("youku", "upload_server"),
    ("youku", "bucket_region"),
];
/// Name of the account where the settings have none.
const ACCOUNT: &str = "main";

/// What of the user's settings holds.
#[derive(Debug, Clone)]
pub(crate) struct UserSettings {
    /// The file.
    pub(crate) file: String,
    /// Sections and fields that the local clouds replace, by their paths.
    pub(crate) replaced: Vec<String>,
    /// Everything else.
    pub(super) kept: Map<String, Value>,
    /// Names of the accounts; at least one.
    pub(super) accounts: Vec<String>,
    /// Buckets of the rules, and that of legacy jobs.
    pub(super) buckets: Vec<String>,
}

impl UserSettings {
    /// Reads the file.
    ///
    /// # Errors
    /// Names the file, and the line that is not TOML. The rest is checked together with what `dev` adds.
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let text =
            fs::read_to_string(path).map_err(|error| Failure::usage(name_file(path, &error).to_string()))?;
        let file = path.display().to_string();
        let mut kept: Map<String, Value> = toml::from_str(&text).map_err(|error| {
            // The parser's own words quote the line, which may hold a secret.
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let (line, why) = (before.matches('\n').count() + 1, localize(error.message()));
            Failure::usage(tr!("{file}, line {line}: not TOML: {why}", "{file} 第 {line} 行不是 TOML：{why}"))
        })?;
        let mut replaced: Vec<String> =
            REPLACED.iter().filter(|name| kept.contains_key(**name)).map(|name| (*name).into()).collect();
        let of_rules = |field: &str| {
            let rules = kept.get("rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let stated = rules.iter().filter_map(|rule| Some(rule.get(field)?.as_str()?.to_owned()));
            stated.collect::<Vec<_>>()
        };
        let named = kept.get("accounts").and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned();
        let mut accounts: Vec<_> =
            named.chain(of_rules("account")).collect::<BTreeSet<_>>().into_iter().collect();
        if accounts.is_empty() {
            accounts.push(ACCOUNT.into());
        }
        let of_legacy = kept.get("legacy").and_then(|legacy| legacy.get("bucket")?.as_str());
        let mut buckets = of_rules("bucket");
        buckets.extend(of_legacy.map(str::to_owned));
        let mut known = BTreeSet::new();
        buckets.retain(|bucket| known.insert(bucket.clone()));
        kept.retain(|name, _| !REPLACED.contains(&name.as_str()));
        for (section, field) in REPLACED_FIELDS {
            let fields = kept.get_mut(section).and_then(Value::as_object_mut);
            if fields.and_then(|fields| fields.remove(field)).is_some() {
                replaced.push(format!("{section}.{field}"));
            }
        }
        Ok(Self { file, replaced, kept, accounts, buckets })
    }

    /// Whether the user states this field, or anything of this section; `path` has its levels parted by dots.
    pub(super) fn states(&self, path: &str) -> bool {
        let mut levels = path.split('.');
        let first = levels.next().and_then(|level| self.kept.get(level));
        levels.try_fold(first, |value, level| Some(value?.get(level))).flatten().is_some()
    }
}

impl Default for UserSettings {
    /// Nobody stated anything.
    fn default() -> Self {
        Self {
            file: String::new(),
            replaced: Vec::new(),
            kept: Map::new(),
            accounts: vec![ACCOUNT.into()],
            buckets: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules, callbacks and limits hold; places and credentials do not, and their names are told.
    #[test]
    fn rules_and_callbacks_hold_and_places_are_replaced() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("oss2youku.toml");
        fs::write(
            &path,
            "paused = false\n[youku]\napi = 'https://y'\nupload_server = 'u'\nmd5 = 'web'\nsingle_put = true\n\
             signature = 'v1'\n[accounts.news]\nclient_id = 'c'\naccess_token = 't'\n[ledger]\nlocation = 'oss://l/'\n\
             [[robots]]\nname = 'team'\n[http]\ntokens = ['x']\nbody_limit_kib = 9\n[callback]\nallow_http = true\n\
             [legacy]\nbucket = 'old'\n[[rules]]\nbucket = 'films'\naccount = 'news'\npublic_type = 'all'\n\
             [[rules]]\nbucket = 'films'\nprefix = 'a/'\naccount = 'arts'\npublic_type = 'all'\n",
        )?;
        let user = UserSettings::load(&path)?;
        assert_eq!(
            user.replaced,
            ["accounts", "ledger", "robots", "http.tokens", "youku.api", "youku.upload_server"]
        );
        assert_eq!(
            (user.accounts.join(" "), user.buckets.join(" ")),
            ("arts news".into(), "films old".into())
        );
        let mut stated = vec!["rules", "callback", "callback.allow_http", "http.body_limit_kib", "paused"];
        stated.extend(["youku.md5", "youku.single_put", "youku.signature"]);
        assert!(stated.iter().all(|path| user.states(path)), "{user:?}");
        let not = ["accounts", "ledger", "http.tokens", "youku.api", "callback.ports", "paused.x"];
        assert!(!not.iter().any(|path| user.states(path)), "{user:?}");
        Ok(())
    }

    /// What is not TOML is named by its line, and the line is not quoted.
    #[test]
    fn a_line_that_is_not_toml_is_named_and_not_quoted() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x.toml");
        fs::write(&path, "paused = false\nseal_key = \"hush\n")?;
        let text = UserSettings::load(&path).err().map(|failure| failure.to_string()).unwrap_or_default();
        assert!(text.contains("x.toml, line 2") && !text.contains("hush"), "{text}");
        Ok(())
    }
}
