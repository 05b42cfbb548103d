//! The accounts of the settings, as clients of Youku.

use super::{
    token_refresh::{ClientRefresher, TokenRefresh},
    upload_target::YoukuAccount,
    youku_http::YoukuHttp,
};
use crate::settings::{AccountSettings, Settings};
use std::sync::Arc;
use upload_core::{Clock, Error, access_token::AccessTokens, ledger::Ledger};
use youku::{Client, Config, Transport};

/// One account of the settings. All calls of the process share what is known of its access token.
pub(crate) struct AccountClient {
    name: String,
    pub(crate) client: Client,
    pub(crate) tokens: Option<AccessTokens>,
}

impl AccountClient {
    /// Builds the client of an account of the settings.
    ///
    /// # Errors
    /// None that can happen: see [`AccessTokens::new`].
    pub(crate) fn new(
        settings: &Settings,
        name: &str,
        account: &AccountSettings,
        transport: Arc<dyn Transport>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let client = build_client(settings, account, transport);
        let tokens = account.refresh_token.clone().map(|refresh_token| {
            let refresher = Arc::new(ClientRefresher(client.clone()));
            AccessTokens::new(name, account.access_token.clone(), refresh_token, refresher, clock.clone())
        });
        Ok(Self { name: name.to_owned(), client, tokens: tokens.transpose()? })
    }

    /// Builds the Youku port of the account for one call.
    pub(crate) fn port(
        &self,
        settings: &Settings,
        http: &YoukuHttp,
        ledger: &Ledger,
    ) -> Arc<dyn upload_core::Youku> {
        let tokens = self.tokens.clone();
        let refresh = tokens.map(|tokens| TokenRefresh { tokens, ledger: ledger.clone() });
        Arc::new(YoukuAccount::new(Some(&self.name), self.client.clone(), http.clone(), settings, refresh))
    }
}

/// Builds the Youku port of an account that a task carries: its token is the caller's to refresh.
pub(crate) fn caller_port(
    settings: &Settings,
    account: &AccountSettings,
    http: &YoukuHttp,
) -> Arc<dyn upload_core::Youku> {
    let client = build_client(settings, account, Arc::new(http.clone()));
    Arc::new(YoukuAccount::new(None, client, http.clone(), settings, None))
}

/// Builds the client of an account.
fn build_client(settings: &Settings, account: &AccountSettings, transport: Arc<dyn Transport>) -> Client {
    let mut config = Config::new(&account.client_id, account.access_token.clone());
    if let Some(api) = &settings.youku.api {
        config.api.clone_from(api);
        // A server that stands in for the one host stands in for the other.
        config.old_api = format!("{}/v2", api.trim_end_matches('/'));
    }
    if let Some(api) = &settings.youku.old_api {
        config.old_api.clone_from(api);
    }
    config.call_urls = settings.youku.call_urls.to_call_urls();
    config.client_secret.clone_from(&account.client_secret);
    config.upload_server.clone_from(&settings.youku.upload_server);
    Client::new(config, transport)
}
