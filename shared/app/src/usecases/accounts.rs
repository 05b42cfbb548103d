//! What becomes of the settings' accounts and their tokens.

use crate::{
    adapters::{accounts::AccountClient, api_error},
    application::App,
};
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use std::collections::BTreeSet;
use upload_core::{
    Error,
    access_token::TokenState,
    ledger::{KeyedHash, Ledger, TokenOrigin},
};
use youku::ErrorKind as Youku;

/// What a ledger knows of the refresh token that the settings hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenChain {
    /// This ledger has spent it, and its newest pair comes from it.
    Begun,
    /// This ledger has not spent it. Another one may have.
    New,
    /// It came from a refresh that this ledger made: another installation may still begin with its ancestor.
    Renewed,
}

impl App {
    /// The state of an account's tokens by the ledger, which is not read where the settings have no refresh token.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings have no such account; whatever the ledger answers.
    pub fn account_state<'a>(
        &'a self,
        account: &'a str,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<TokenState, Error>> {
        Box::pin(async move {
            let Some(tokens) = &self.account(account)?.tokens else { return Ok(TokenState::NoRefreshToken) };
            let ledger = self.ledger(credentials).await?;
            Ok(TokenState::from_tokens(&ledger.tokens(tokens.chain()).await?))
        })
    }

    /// What the ledger knows of the refresh token in the settings; `None` where there is none.
    ///
    /// # Errors
    /// As [`account_state`](Self::account_state).
    pub fn token_chain<'a>(
        &'a self,
        account: &'a str,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<Option<TokenChain>, Error>> {
        Box::pin(async move {
            let Some(tokens) = &self.account(account)?.tokens else { return Ok(None) };
            let Some(token) = &self.settings.accounts[account].refresh_token else { return Ok(None) };
            let ledger = self.ledger(credentials).await?;
            let known = ledger.tokens(tokens.chain()).await?;
            if known.pair.is_some() || known.refresh.is_some() {
                return Ok(Some(TokenChain::Begun));
            }
            let origin = ledger.origin(account, &KeyedHash::new(token)?).await?;
            let is_renewed = origin == Some(TokenOrigin::Renewal);
            Ok(Some(if is_renewed { TokenChain::Renewed } else { TokenChain::New }))
        })
    }

    /// Makes one call as an account that changes nothing, and answers whether Youku takes its access token. It does not refresh the
    /// token.
    ///
    /// # Errors
    /// [`ClientRefused`](upload_core::ErrorKind::ClientRefused) where Youku does not know the client; as [`account_state`](Self::account_state);
    /// whatever keeps Youku from answering.
    pub fn check_account<'a>(
        &'a self,
        account: &'a str,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            let configured = self.account(account)?;
            let client = match &configured.tokens {
                None => configured.client.clone(),
                Some(tokens) => {
                    configured.client.with_token(tokens.current(&self.ledger(credentials).await?).await?)
                }
            };
            match client.check_access().await {
                Ok(()) => Ok(true),
                Err(error) if error.kind() == Youku::AccessTokenRefused => Ok(false),
                Err(error) if error.kind() == Youku::ClientRefused => {
                    Err(api_error(error).with_context("setting", format!("accounts.{account}.client_id")))
                }
                Err(error) => Err(api_error(error)),
            }
        })
    }

    /// The keyed hashes of the access tokens in use, as far as they are known.
    pub(super) fn token_hashes(&self, ledger: &Ledger) -> BTreeSet<String> {
        let hash = |AccountClient { client, tokens, .. }: &AccountClient| {
            let token = match tokens {
                Some(tokens) => tokens.cached_token()?,
                None => client.access_token().clone(),
            };
            ledger.token_hash(client.client_id(), &token)
        };
        self.accounts.values().filter_map(hash).collect()
    }
}
