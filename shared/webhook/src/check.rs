//! Whether settings make a client, and what they let callbacks reach.

use crate::{
    config::{Config, GuardConfig},
    error::Error,
    guard::Guard,
    sign::Key,
};
use secrecy::{ExposeSecret, SecretString};

impl Config {
    /// Whether a client can be made of this.
    ///
    /// # Errors
    /// Names the field and what is wrong with it; no secret is repeated.
    pub fn check(&self) -> Result<(), String> {
        for (number, secret) in self.secrets.iter().enumerate() {
            Key::parse(secret).map_err(|error| format!("secrets[{number}]: {error}"))?;
        }
        let guard = Guard::new(self.guard.clone());
        guard.map(drop).map_err(|error| format!("allowed, only_hosts: {error}"))
    }
}

impl GuardConfig {
    /// Whether a callback to this URL may be tried at all, as far as that can be known without resolving its host.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) or [`Forbidden`](crate::ErrorKind::Forbidden).
    pub fn check(&self, url: &SecretString) -> Result<(), Error> {
        Guard::new(self.clone())?.check_url(url.expose_secret())?;
        Ok(())
    }
}
