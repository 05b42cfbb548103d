//! How an account's access token is refreshed.

use super::error_mapping::api_error;
use async_trait::async_trait;
use secrecy::SecretString;
use std::error::Error as _;
use upload_core::{
    access_token::{AccessTokens, FreshTokens, RefreshError, Refresher},
    ledger::Ledger,
};
use youku::{Client, ErrorKind as Youku, SendError};

/// How an account's access token is refreshed during one call, which reaches the ledger with its own credentials.
pub(crate) struct TokenRefresh {
    pub(crate) tokens: AccessTokens,
    pub(crate) ledger: Ledger,
}

/// Refreshes tokens by Youku's API.
pub(crate) struct ClientRefresher(pub(crate) Client);

#[async_trait]
impl Refresher for ClientRefresher {
    async fn refresh(&self, refresh_token: &SecretString) -> Result<FreshTokens, RefreshError> {
        let fresh = self.0.refresh(refresh_token).await.map_err(map_refresh_error)?;
        Ok(FreshTokens {
            access_token: fresh.access_token,
            refresh_token: fresh.refresh_token,
            life: fresh.expires_in,
        })
    }
}

/// States what is certain about a refresh token after a failed refresh. A response 5xx may come from a gateway, after Youku has dealt
/// with the call.
fn map_refresh_error(error: youku::Error) -> RefreshError {
    match error.kind() {
        Youku::Config | Youku::RateLimited | Youku::ClientRefused => {
            RefreshError::NotProcessed(api_error(error))
        }
        Youku::Connection | Youku::TimedOut if never_connected(&error) => {
            RefreshError::NotProcessed(api_error(error))
        }
        Youku::Refused | Youku::AccessTokenRefused | Youku::NotFound => {
            RefreshError::Refused(api_error(error))
        }
        _ => RefreshError::Unknown(api_error(error)),
    }
}

/// Whether the call ended before a byte of it could be sent.
fn never_connected(error: &youku::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<SendError>());
    cause.is_some_and(SendError::never_sent)
}
