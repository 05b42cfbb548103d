//! What a rehearsal needs: Youku's own calls as an account makes them, Youku's bucket, and the ledger's. The product's entrypoints use the
//! ports instead.

use crate::{
    adapters::{
        accounts::AccountClient, api_error, call_error, upload_target::open_bucket as open_youku_bucket,
    },
    application::App,
    settings::TargetSignature,
};
use futures_util::future::BoxFuture;
use object_storage::Store;
use secrecy::{ExposeSecret, SecretString};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use upload_core::{Error, ErrorKind, UploadCredentials, access_token::CallError};
use youku::{Client, Transport};

impl App {
    /// A client of an account of the settings that holds an access token which Youku takes, and whose requests go through what `observe`
    /// makes of the process's transport. One call finds out whether the token is taken. Where it is refused, it is refreshed as for an
    /// upload: once among all processes, claimed and kept in the ledger. A ledger that has not been used yet stays so where nothing is
    /// refreshed.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings have no such account;
    /// [`Reauthorize`](upload_core::ErrorKind::Reauthorize) where its token is refused and cannot be refreshed; whatever keeps Youku or the
    /// ledger from answering.
    pub fn observed_client<'a>(
        &'a self,
        account: &'a str,
        observe: impl FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport>,
    ) -> BoxFuture<'a, Result<Client, Error>> {
        let transport = observe(Arc::new(self.http.youku.clone()));
        Box::pin(async move {
            self.account(account)?;
            let fields = &self.settings.accounts[account];
            let AccountClient { client, tokens, .. } =
                AccountClient::new(&self.settings, account, fields, transport, &self.clock)?;
            let Some(tokens) = tokens else {
                client.check_access().await.map_err(api_error)?;
                return Ok(client);
            };
            if !self.has_used_ledger().await? {
                // It has no token, and its first use is not for a rehearsal, unless a refreshed token must be kept in it.
                match client.check_access().await.map_err(call_error) {
                    Err(CallError::TokenRefused(_)) => {}
                    Err(CallError::Other(error)) => return Err(error),
                    Ok(()) => return Ok(client),
                }
            }
            let ledger = self.ledger(None).await?;
            let call = |token| {
                let client = client.with_token(token);
                async move { client.check_access().await.map_err(call_error).map(|()| client) }
            };
            tokens.call(&ledger, call).await
        })
    }

    /// The same account after a refresh of the access token that `old` has: as for an upload whose token was refused, once among all processes,
    /// claimed and kept in the ledger. Where another process has replaced it by now, that one's token is used. `None` where the settings have
    /// no refresh token.
    ///
    /// # Errors
    /// As [`observed_client`](Self::observed_client); where Youku did not process the refresh, or its answer was lost.
    pub fn refreshed_client<'a>(
        &'a self,
        account: &'a str,
        old: &'a Client,
        transport: Arc<dyn Transport>,
    ) -> BoxFuture<'a, Result<Option<Client>, Error>> {
        Box::pin(async move {
            self.account(account)?;
            let fields = &self.settings.accounts[account];
            let made = AccountClient::new(&self.settings, account, fields, transport, &self.clock)?;
            let Some(tokens) = made.tokens else { return Ok(None) };
            let ledger = self.ledger(None).await?;
            // A refresh may bring the same token again.
            let is_first = AtomicBool::new(true);
            let call = |token: SecretString| {
                let is_old = is_first.swap(false, Ordering::Relaxed)
                    && token.expose_secret() == old.access_token().expose_secret();
                let client = made.client.with_token(token);
                async move {
                    if is_old {
                        let message = "the access token is replaced on purpose";
                        return Err(CallError::TokenRefused(Error::new(
                            ErrorKind::Unauthorized,
                            "token",
                            message,
                        )));
                    }
                    client.check_access().await.map_err(call_error).map(|()| client)
                }
            };
            tokens.call(&ledger, call).await.map(Some)
        })
    }

    async fn has_used_ledger(&self) -> Result<bool, Error> {
        match self.ledger_to_read(None).await? {
            Some(ledger) => ledger.is_born().await,
            None => Ok(false),
        }
    }

    /// Opens Youku's bucket with the credentials that Youku gave for an upload, as the settings sign for it, or as `signature` says.
    ///
    /// # Errors
    /// Where the endpoint that Youku named cannot be used.
    pub fn youku_bucket(
        &self,
        given: &UploadCredentials,
        signature: Option<TargetSignature>,
    ) -> Result<Store, Error> {
        let settings = &self.settings.youku;
        let signature = signature.unwrap_or(settings.signature).into();
        let region = settings.bucket_region.clone();
        open_youku_bucket(&self.http.youku, given, region, signature, self.settings.transfer.idle())
    }

    /// Opens the bucket that keeps the ledger, and says below which prefix; `None` where the ledger is a folder. Nothing is sent.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings name no ledger, or its address cannot be used.
    pub fn ledger_store(&self) -> Result<Option<(Store, String)>, Error> {
        self.ledger.bucket(&self.http.stores, &self.settings)
    }
}
