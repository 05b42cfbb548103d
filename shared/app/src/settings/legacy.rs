//! How legacy tasks are read.

use serde::Deserialize;

/// How legacy tasks are read: they name an object by the middle of its key and carry their account along.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LegacySettings {
    /// The OSS bucket of the objects (`OSS2YOUKU_LEGACY__BUCKET`). Without it legacy tasks fail.
    pub bucket: Option<String>,
    /// What stands before `keyname` in the object's key (`OSS2YOUKU_LEGACY__KEY_PREFIX`). Default `user/dee/`.
    pub key_prefix: String,
    /// What stands after it (`OSS2YOUKU_LEGACY__EXTENSION`). Default `.mp4`.
    pub extension: String,
    /// Whose accounts tasks may use: `known` or `any` (`OSS2YOUKU_LEGACY__ACCOUNTS`). Default `known`.
    pub accounts: LegacyAccounts,
}

impl Default for LegacySettings {
    fn default() -> Self {
        Self {
            bucket: None,
            key_prefix: "user/dee/".into(),
            extension: ".mp4".into(),
            accounts: LegacyAccounts::Known,
        }
    }
}

/// Whose accounts legacy tasks may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LegacyAccounts {
    /// Those of the settings: `clientid` says which.
    #[default]
    Known,
    /// Also the one whose access token the task carries.
    Any,
}
