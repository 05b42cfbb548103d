//! The accounts at Youku.

use secrecy::SecretString;
use serde::Deserialize;

/// One account at Youku.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// The application's id.
    pub client_id: String,
    /// The application's secret; Youku's page does not ask for it.
    #[serde(default)]
    pub client_secret: Option<SecretString>,
    /// The account's access token; lives about a month.
    pub access_token: SecretString,
    /// What came with it, good for one refresh: with it the access token is renewed by itself, and the pairs that follow are kept in the
    /// ledger. Both are read once, until other ones stand here. Without it the access token is used until Youku refuses it.
    #[serde(default)]
    pub refresh_token: Option<SecretString>,
}
