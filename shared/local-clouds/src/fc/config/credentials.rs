//! Credentials of a function's role.

use std::fmt;

/// Temporary credentials of a function's role.
#[derive(Clone, PartialEq, Eq)]
pub struct StsCredentials {
    /// Access key id.
    pub access_key_id: String,
    /// Access key secret.
    pub access_key_secret: String,
    /// Security token.
    pub security_token: String,
}

impl fmt::Debug for StsCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StsCredentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// The API's `disableInjectCredentials`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisableInject {
    /// Credentials in environment and headers.
    None,
    /// Not in the environment.
    Env,
    /// Not in the headers.
    Request,
    /// Nowhere.
    All,
}
