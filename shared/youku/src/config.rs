//! What a client needs to know before its first call.

use crate::hosts::CallUrls;
use secrecy::SecretString;

/// The API host of Youku's newest documentation.
pub const DEFAULT_API: &str = "https://api.youku.com";

/// The host that still has the calls about users.
pub const DEFAULT_OLD_API: &str = "https://openapi.youku.com/v2";

/// Where to call, and as which application and account.
#[derive(Debug, Clone)]
pub struct Config {
    /// Base URL of the API, with a scheme; a closing slash is ignored. Default: [`DEFAULT_API`].
    pub api: String,
    /// Base URL of the older API, for what the newer one does not have. Default: [`DEFAULT_OLD_API`].
    pub old_api: String,
    /// Base URLs of single calls, for those that are known to live elsewhere.
    pub call_urls: CallUrls,
    /// The application's id, from Youku's developer console.
    pub client_id: String,
    /// The account's access token; it lives about a month.
    pub access_token: SecretString,
    /// The application's secret. Youku's page does not ask for it on refresh, an older client sent it; sent only if given.
    pub client_secret: Option<SecretString>,
    /// Host, with an optional port, that takes the place of every `upload_server_uri` Youku answers.
    pub upload_server: Option<String>,
}

impl Config {
    /// The settings of one account on Youku's own hosts.
    pub fn new(client_id: impl Into<String>, access_token: SecretString) -> Self {
        Self {
            api: DEFAULT_API.to_owned(),
            old_api: DEFAULT_OLD_API.to_owned(),
            call_urls: CallUrls::default(),
            client_id: client_id.into(),
            access_token,
            client_secret: None,
            upload_server: None,
        }
    }
}
