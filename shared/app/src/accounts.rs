//! The accounts of the settings: how each is called, and how its access token is renewed and looked at.

use crate::{AccountSettings, App, Credentials, Settings, error_mapping, target::YoukuAccount};
use async_trait::async_trait;
use object_storage::HttpClient;
use secrecy::SecretString;
use std::{collections::BTreeSet, error::Error as _, sync::Arc};
use upload_core::{
    Error, ErrorKind,
    ledger::{KeyedHash, Ledger, TokenOrigin},
    tokens::{AccessTokens, FreshTokens, RefreshFailed, Refresher, TokenState},
};
use youku::{Client, Config, ErrorKind as Youku};

/// One account of the settings. What is known of its access token is shared by all calls of the process.
pub(crate) struct AccountClient {
    name: String,
    pub(crate) client: Client,
    pub(crate) tokens: Option<AccessTokens>,
}

/// What a ledger knows of the refresh token that the settings hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenChain {
    /// It was spent by this ledger, whose newest pair comes from it.
    Begun,
    /// This ledger has not spent it. Another one may have.
    New,
    /// It came from a renewal that this ledger made: another installation may still begin with its ancestor.
    Renewed,
}

/// How an account's access token is renewed during one call, which reaches the ledger with its own credentials.
pub(crate) struct TokenRefresh {
    pub(crate) tokens: AccessTokens,
    pub(crate) ledger: Ledger,
}

impl AccountClient {
    /// An account of the settings.
    ///
    /// # Errors
    /// None that can happen: see [`AccessTokens::new`].
    pub(crate) fn new(
        settings: &Settings,
        name: &str,
        account: &AccountSettings,
        http: &reqwest::Client,
    ) -> Result<Self, Error> {
        let client = client(settings, account, http);
        let renewed = account.refresh_token.clone().map(|refresh_token| {
            let refresher = Arc::new(ClientRefresher(client.clone()));
            AccessTokens::new(name, account.access_token.clone(), refresh_token, refresher)
        });
        let tokens = renewed.transpose()?;
        Ok(Self { name: name.to_owned(), client, tokens })
    }

    /// The account as one call uses it.
    pub(crate) fn port(
        &self,
        settings: &Settings,
        http: &HttpClient,
        ledger: &Ledger,
    ) -> Arc<dyn upload_core::Youku> {
        let tokens = self.tokens.clone();
        let renewing = tokens.map(|tokens| TokenRefresh { tokens, ledger: ledger.clone() });
        Arc::new(YoukuAccount::new(Some(&self.name), self.client.clone(), http.clone(), settings, renewing))
    }
}

/// A client for an account.
pub(crate) fn client(settings: &Settings, account: &AccountSettings, http: &reqwest::Client) -> Client {
    let mut config = Config::new(&account.client_id, account.access_token.clone());
    if let Some(api) = &settings.youku.api {
        config.api.clone_from(api);
        // Whoever stands in for the one host stands in for the other.
        config.old_api = format!("{}/v2", api.trim_end_matches('/'));
    }
    if let Some(api) = &settings.youku.old_api {
        config.old_api.clone_from(api);
    }
    config.client_secret.clone_from(&account.client_secret);
    config.upload_server.clone_from(&settings.youku.upload_server);
    Client::new(config, http.clone())
}

struct ClientRefresher(Client);

#[async_trait]
impl Refresher for ClientRefresher {
    async fn refresh(&self, refresh_token: &SecretString) -> Result<FreshTokens, RefreshFailed> {
        let fresh = self.0.refresh(refresh_token).await.map_err(refresh_failed)?;
        Ok(FreshTokens {
            access_token: fresh.access_token,
            refresh_token: fresh.refresh_token,
            life: fresh.expires_in,
        })
    }
}

/// What is certain about a refresh token after a failed refresh. An answer 5xx may come from something in between, after Youku
/// has dealt with the call.
fn refresh_failed(error: youku::Error) -> RefreshFailed {
    match error.kind() {
        Youku::Config | Youku::RateLimited | Youku::ClientRefused => {
            RefreshFailed::Untouched(error_mapping::api(error))
        }
        Youku::Connection | Youku::TimedOut if never_connected(&error) => {
            RefreshFailed::Untouched(error_mapping::api(error))
        }
        Youku::Refused | Youku::AccessTokenRefused | Youku::NotFound => {
            RefreshFailed::Refused(error_mapping::api(error))
        }
        _ => RefreshFailed::Unknown(error_mapping::api(error)),
    }
}

/// Whether the call ended before a byte of it could be sent.
fn never_connected(error: &youku::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<reqwest::Error>());
    cause.is_some_and(reqwest::Error::is_connect)
}

impl App {
    /// How an account's tokens stand by the ledger, which is not read where the settings have no refresh token.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the settings have no such account; whatever the ledger answers.
    pub async fn account_state(
        &self,
        account: &str,
        credentials: Option<Credentials>,
    ) -> Result<TokenState, Error> {
        let Some(tokens) = &self.account(account)?.tokens else { return Ok(TokenState::NoRefreshToken) };
        let ledger = self.ledger(credentials).await?;
        Ok(TokenState::from_tokens(&ledger.tokens(tokens.chain()).await?))
    }

    /// What the ledger knows of the refresh token in the settings; `None` where there is none.
    ///
    /// # Errors
    /// As [`account_state`](Self::account_state).
    pub async fn token_chain(
        &self,
        account: &str,
        credentials: Option<Credentials>,
    ) -> Result<Option<TokenChain>, Error> {
        let Some(tokens) = &self.account(account)?.tokens else { return Ok(None) };
        let Some(token) = &self.settings.accounts[account].refresh_token else { return Ok(None) };
        let ledger = self.ledger(credentials).await?;
        let known = ledger.tokens(tokens.chain()).await?;
        if known.pair.is_some() || known.refresh.is_some() {
            return Ok(Some(TokenChain::Begun));
        }
        let origin = ledger.origin(account, &KeyedHash::new(token)?).await?;
        let renewed = origin == Some(TokenOrigin::Renewal);
        Ok(Some(if renewed { TokenChain::Renewed } else { TokenChain::New }))
    }

    /// Makes one call as an account that changes nothing, and answers whether Youku takes its access token. The token is not renewed
    /// for it.
    ///
    /// # Errors
    /// [`ClientRefused`](ErrorKind::ClientRefused) where Youku does not know the client; as [`account_state`](Self::account_state);
    /// whatever keeps Youku from answering.
    pub async fn check_account(
        &self,
        account: &str,
        credentials: Option<Credentials>,
    ) -> Result<bool, Error> {
        let open = self.account(account)?;
        let client = match &open.tokens {
            None => open.client.clone(),
            Some(tokens) => open.client.with_token(tokens.current(&self.ledger(credentials).await?).await?),
        };
        match client.check_access().await {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == Youku::AccessTokenRefused => Ok(false),
            Err(error) if error.kind() == Youku::ClientRefused => {
                Err(error_mapping::api(error)
                    .with_context("setting", format!("accounts.{account}.client_id")))
            }
            Err(error) => Err(error_mapping::api(error)),
        }
    }

    /// The keyed hashes of the access tokens in use, as far as they are known.
    pub(crate) fn token_hashes(&self, ledger: &Ledger) -> BTreeSet<String> {
        let hash = |open: &AccountClient| {
            let token = match &open.tokens {
                Some(tokens) => tokens.in_use()?,
                None => open.client.access_token().clone(),
            };
            Some(ledger.token_hash(open.client.client_id(), &token))
        };
        self.accounts.values().filter_map(hash).collect()
    }

    pub(crate) fn account(&self, account: &str) -> Result<&AccountClient, Error> {
        self.accounts.get(account).ok_or_else(|| {
            Error::new(ErrorKind::Config, "account", "the settings have no such account")
                .with_context("account", account)
        })
    }
}
