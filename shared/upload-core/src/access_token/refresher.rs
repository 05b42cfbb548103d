//! The port that asks Youku for new tokens, and how its answers are sorted.

use crate::Error;
use async_trait::async_trait;
use secrecy::SecretString;
use std::time::Duration;

/// Asks Youku for new tokens.
#[async_trait]
pub trait Refresher: Send + Sync {
    /// Spends a refresh token. It is asked once and bounded in time by the caller.
    ///
    /// # Errors
    /// Sorted by what is certain about the refresh token then.
    async fn refresh(&self, refresh_token: &SecretString) -> Result<FreshTokens, RefreshFailed>;
}

/// What a refresh brings.
#[derive(Debug, Clone)]
pub struct FreshTokens {
    /// The new access token.
    pub access_token: SecretString,
    /// The new refresh token.
    pub refresh_token: SecretString,
    /// How long the access token lives; zero where Youku does not tell.
    pub life: Duration,
}

/// Why a refresh brought nothing.
#[derive(Debug)]
pub enum RefreshFailed {
    /// Youku certainly did not deal with it: the refresh token is as good as before.
    Untouched(Error),
    /// Youku does not take the refresh token.
    Refused(Error),
    /// The refresh token may be spent.
    Unknown(Error),
}

/// Why a call with an access token failed.
#[derive(Debug)]
pub enum CallFailed {
    /// Youku refuses the access token, and so did nothing.
    TokenRefused(Error),
    /// Anything else.
    Otherwise(Error),
}
