//! The settings of the local function, and of a command line next to it.

use super::{http_token, toml_text, user_settings::UserSettings};
use crate::args::Mode;
use ::local_clouds::clouds::{CloudsConfig, Endpoints};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, time::Duration};

/// Interval of the sweep, and lifetime of the lease of a silent holder: short, so that recovery can be watched.
pub(super) const SWEEP_INTERVAL: Duration = Duration::from_secs(5);
/// The account whose variables are stated one by one.
const ACCOUNT: &str = "main";
/// Where the objects of legacy jobs lie. Their events are left alone, so that a job is the first to publish its object.
pub(crate) const LEGACY_PREFIX: &str = "user/dee/";
const PREFIX: &str = "OSS2YOUKU_";

/// The settings: the user's file as far as it holds, and variables over it.
pub(super) struct LocalSettings {
    tree: Map<String, Value>,
    pub(super) variables: BTreeMap<String, String>,
}

impl LocalSettings {
    /// Settings for clouds at these addresses; `token` is the one of the HTTP trigger.
    pub(super) fn new(
        config: &CloudsConfig,
        endpoints: &Endpoints,
        mode: Option<Mode>,
        token: &str,
        user: &UserSettings,
    ) -> Self {
        let seconds = |times: u64| (times * SWEEP_INTERVAL.as_secs()).to_string();
        let mut stated = vec![
            ("youku.api", endpoints.youku.clone()),
            ("youku.bucket_region", config.youku.region.clone()),
            ("source.endpoint", endpoints.oss.clone()),
            ("source.region", config.region.clone()),
            ("ledger.location", config.data_dir.join("ledger").display().to_string()),
            ("ledger.lease_seconds", seconds(1)),
            ("sweep.enabled", "true".into()),
            (
                "http.tokens",
                // A user who can read it on this machine may do everything.
                format!(
                    r#"[{{ sha256 = "{}", rights = ["submit", "read", "manage"] }}]"#,
                    http_token::hash(token)
                ),
            ),
        ];
        let bucket = &config.bucket;
        // The flag counts before the user's file, and the file before the default.
        if mode.is_some() || !user.states("transfer.mode") {
            stated.push(("transfer.mode", mode.unwrap_or(Mode::Oss).as_str().into()));
        }
        let mut default = |path, value: String| {
            if !user.states(path) {
                stated.push((path, value));
            }
        };
        // A rehearsal can try the local function as well.
        default("http.probe", "true".into());
        default("callback.pause_seconds", seconds(1));
        default("sweep.grace_seconds", seconds(2));
        // A sweep takes less than its interval, however many objects the bucket holds: sweeps that overlap keep events from the function.
        default("sweep.requests", "100".into());
        default("legacy.bucket", bucket.clone());
        if !user.states("callback") {
            let local = ["127.0.0.1", "localhost"]
                .map(|host| format!(r#"{{host="{host}",network="127.0.0.0/8",any_port=true}}"#));
            default("callback.allow_http", "true".into());
            default("callback.allowed", format!("[{}]", local.join(",")));
        }
        if !user.states("rules") {
            let account = user.accounts.first().map_or(ACCOUNT, String::as_str);
            let rule = format!(r#"[{{bucket="{bucket}",account="{account}",public_type="all"}}]"#);
            default("rules", rule);
            default("reserved.prefixes", format!(r#"["oss2youku/","{LEGACY_PREFIX}"]"#));
        }
        let mut variables: BTreeMap<String, String> =
            stated.into_iter().map(|(path, value)| (variable(path), value)).collect();
        let (mut tree, mut accounts) = (user.kept.clone(), Map::new());
        for (name, account) in user.accounts.iter().zip(&endpoints.youku_accounts) {
            let fields = [
                ("client_id", &account.client_id),
                ("access_token", &account.access_token),
                ("refresh_token", &account.refresh_token),
            ];
            // A variable's name has no small letters, so that it cannot name every account.
            if name == ACCOUNT {
                let variable = |field| variable(&format!("accounts.{ACCOUNT}.{field}"));
                variables.extend(fields.map(|(field, value)| (variable(field), value.clone())));
            } else {
                accounts.insert(name.clone(), json!(BTreeMap::from(fields)));
            }
        }
        if !accounts.is_empty() {
            tree.insert("accounts".into(), accounts.into());
        }
        Self { tree, variables }
    }

    /// The file of the function, whose variables say the rest.
    pub(super) fn function_file(&self) -> String {
        toml_text::render(&self.tree)
    }

    /// The file of a command line, with everything in it and the key of the bucket's owner.
    pub(super) fn command_line_file(&self, (id, secret): &(String, String)) -> String {
        let mut tree = self.tree.clone();
        let key = [("source.access_key_id", id), ("source.access_key_secret", secret)];
        let key = key.map(|(path, value)| (variable(path), value));
        for (name, value) in self.variables.iter().chain(key.iter().map(|(name, value)| (name, *value))) {
            insert(&mut tree, name, value);
        }
        toml_text::render(&tree)
    }
}

/// The variable of the field at this path.
fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "__").to_ascii_uppercase())
}

/// Puts the field that a variable names into the tree, as the product's own overlay does.
fn insert(tree: &mut Map<String, Value>, variable: &str, text: &str) {
    let path = variable.trim_start_matches(PREFIX).to_ascii_lowercase();
    let mut levels: Vec<_> = path.split("__").collect();
    let Some(last) = levels.pop() else { return };
    let mut table = tree;
    for level in levels {
        let below = table.entry(level).or_insert_with(|| json!({}));
        let Some(below) = below.as_object_mut() else { return };
        table = below;
    }
    let list = text.starts_with('[').then(|| toml::from_str::<Map<String, Value>>(&format!("list = {text}")));
    let list = list.and_then(Result::ok).and_then(|mut list| list.remove("list"));
    table.insert(last.into(), list.unwrap_or_else(|| text.into()));
}
