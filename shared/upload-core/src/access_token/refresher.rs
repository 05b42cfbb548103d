//! The port that asks Youku for new tokens, and how its responses are classified.

use crate::Error;
use async_trait::async_trait;
use secrecy::SecretString;
use std::time::Duration;

/// Exchanges a refresh token for new tokens.
#[async_trait]
pub trait Refresher: Send + Sync {
    /// Spends a refresh token. The caller calls it once and bounds its time.
    ///
    /// # Errors
    /// Classified by what is certain about the refresh token afterwards.
    async fn refresh(&self, refresh_token: &SecretString) -> Result<FreshTokens, RefreshError>;
}

/// The tokens that a refresh returns.
#[derive(Debug, Clone)]
pub struct FreshTokens {
    /// The new access token.
    pub access_token: SecretString,
    /// The new refresh token.
    pub refresh_token: SecretString,
    /// Lifetime of the access token; zero if Youku does not state it.
    pub life: Duration,
}

/// Why a refresh returned no tokens.
#[derive(Debug)]
pub enum RefreshError {
    /// Youku certainly did not process the call: the refresh token is as good as before.
    NotProcessed(Error),
    /// Youku refuses the refresh token.
    Refused(Error),
    /// The refresh token may be spent.
    Unknown(Error),
}

/// Why a call with an access token failed.
#[derive(Debug)]
pub enum CallError {
    /// Youku refuses the access token, and therefore did nothing.
    TokenRefused(Error),
    /// Any other failure.
    Other(Error),
}
