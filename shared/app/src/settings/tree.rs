//! The whole tree of settings.

use super::{
    account::AccountSettings, callback::CallbackFields, http::HttpSettings, ledger::LedgerFields,
    legacy::LegacySettings, log::LogSettings, manage::ManageSettings, robot::RobotFields,
    source::SourceSettings, sweep::SweepFields, text, transfer::TransferFields, youku::YoukuSettings,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use upload_core::rules::Rules;

/// Everything that can be set.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Stops every automatic upload (`OSS2YOUKU_PAUSED`). Default `false`.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub paused: bool,
    /// Youku's hosts.
    pub youku: YoukuSettings,
    /// Accounts at Youku by name; rules and tasks name them (`OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN`, ...).
    pub accounts: BTreeMap<String, AccountSettings>,
    /// Where objects are read.
    pub source: SourceSettings,
    /// How bytes are moved.
    pub transfer: TransferFields,
    /// Which objects are uploaded automatically, and as what (`OSS2YOUKU_RULES`). Without a matching rule none is.
    pub rules: Rules,
    /// Where the record of every upload is kept.
    pub ledger: LedgerFields,
    /// How open uploads are finished.
    pub sweep: SweepFields,
    /// What the product itself writes next to objects; never uploaded.
    pub reserved: ReservedSettings,
    /// Who may use the HTTP API.
    pub http: HttpSettings,
    /// How callbacks are signed and what they may reach.
    pub callback: CallbackFields,
    /// Robots of group chats that are told what becomes of uploads (`OSS2YOUKU_ROBOTS`).
    pub robots: Vec<RobotFields>,
    /// How legacy tasks are read.
    pub legacy: LegacySettings,
    /// Whether videos may be changed once they are there.
    pub manage: ManageSettings,
    /// What is logged.
    pub log: LogSettings,
}

/// Key prefixes that are never uploaded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReservedSettings {
    /// `OSS2YOUKU_RESERVED__PREFIXES`. Default `["oss2youku/"]`.
    pub prefixes: Vec<String>,
}

impl Default for ReservedSettings {
    fn default() -> Self {
        Self { prefixes: vec!["oss2youku/".into()] }
    }
}
