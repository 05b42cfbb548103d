//! Access tokens.

use secrecy::SecretString;
use std::time::Duration;

/// A fresh pair of tokens. The refresh token that was used is spent: whoever refreshes must keep this one.
#[derive(Debug, Clone)]
pub struct TokenPair {
    /// The new access token.
    pub access_token: SecretString,
    /// The new refresh token, good for one use.
    pub refresh_token: SecretString,
    /// How long the access token lives from now on, in whole seconds; about a month. Zero if Youku does not state it.
    pub expires_in: Duration,
}
