//! Who may use the HTTP door, and how legacy tasks are read.

use super::{BearerToken, Rights, SourcePlace, text};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::Choice;

/// Who may use the HTTP door. With neither tokens nor trust in the gateway nobody may.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// SHA-256 of each accepted bearer token, in hexadecimal, as `printf %s TOKEN | sha256sum` tells it
    /// (`OSS2YOUKU_HTTP__TOKENS=["..."]`). A plain hash may `submit` and `read`; a table names what its token may:
    /// `{ sha256 = "...", rights = ["submit", "read", "manage"] }`.
    pub tokens: Vec<BearerToken>,
    /// Places whose objects a task may have published that comes by HTTP, from a queue or through Gearman: `oss://bucket/prefix`,
    /// `s3://bucket/prefix` (`OSS2YOUKU_HTTP__SOURCES=["..."]`). Default: the rules' places and `legacy.bucket`; any where there is neither.
    #[serde(deserialize_with = "some")]
    pub sources: Option<Vec<SourcePlace>>,
    /// The gateway in front checks every caller's signature itself (`authType: function`), so that who comes through may come in
    /// (`OSS2YOUKU_HTTP__TRUST_GATEWAY`). Default `false`.
    #[serde(deserialize_with = "text::or_value")]
    pub trust_gateway: bool,
    /// KiB of a request's body at most, 1 to 4095 (`OSS2YOUKU_HTTP__BODY_LIMIT_KIB`). Default 64.
    #[serde(deserialize_with = "text::or_value")]
    pub body_limit_kib: u16,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { tokens: Vec::new(), sources: None, trust_gateway: false, body_limit_kib: 64 }
    }
}

impl HttpSettings {
    /// Whether anybody can be let in at all.
    #[must_use]
    pub fn is_open_to_any(&self) -> bool {
        self.trust_gateway || !self.tokens.is_empty()
    }

    /// What the bearer of this token may do, where it is one of the accepted tokens, found out in a time that does not tell which.
    #[must_use]
    pub fn rights_of(&self, token: &str) -> Option<Rights> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        let (found, rights) =
            self.tokens.iter().fold((Choice::from(0), Rights::NONE), |(found, rights), one| {
                let (same, its) = one.rights_of(&hash);
                (found | same, if same.into() { rights.and(its) } else { rights })
            });
        bool::from(found).then_some(rights)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        match self.body_limit_kib {
            1..=4095 => Ok(()),
            other => Err(format!("http.body_limit_kib must be 1 to 4095, not {other}")),
        }
    }
}

/// An empty list is one: nothing may be asked for.
fn some<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Vec<SourcePlace>>, D::Error> {
    Vec::deserialize(from).map(Some)
}

/// How legacy tasks are read: they name an object by the middle of its key and bring the account along.
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
    /// Also the one whose access token the task brings.
    Any,
}

#[cfg(test)]
mod tests {
    use crate::Settings;

    /// SHA-256 of `correct horse`, by `sha256sum`.
    const HASH: &str = "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631";

    fn load(file: &str) -> Result<Settings, upload_core::Error> {
        Settings::from_parts("test.toml", file, [])
    }

    #[test]
    fn a_token_is_accepted_by_its_hash_in_either_case_and_nothing_else_is() {
        let other = "00".repeat(32);
        for hash in [HASH.to_owned(), HASH.to_uppercase()] {
            let settings = load(&format!("[http]\ntokens = ['{other}', '{hash}']")).expect("settings").http;
            assert!(settings.rights_of("correct horse").is_some() && settings.is_open_to_any());
            for wrong in ["", "correct", "correct horse ", HASH] {
                assert!(settings.rights_of(wrong).is_none(), "{wrong}");
            }
        }
        assert!(!load("").expect("settings").http.is_open_to_any());
    }

    #[test]
    fn what_is_no_hash_is_refused_without_being_repeated() {
        for text in ["s3cret", &"s3".repeat(32), &"é".repeat(32), &"+1".repeat(32)] {
            let error = load(&format!("[http]\ntokens = ['{text}']")).expect_err("no hash").to_string();
            assert!(error.contains("http.tokens") && error.contains("64 hexadecimal digits"), "{error}");
            assert!(!error.contains("s3"), "{error}");
        }
        let error = load("[http]\nbody_limit_kib = 4096").expect_err("too much").to_string();
        assert!(error.contains("http.body_limit_kib must be 1 to 4095, not 4096"), "{error}");
    }
}
