//! The address of a gearmand.

use std::{fmt, str::FromStr};
use thiserror::Error;

/// Gearman's registered port.
const DEFAULT_PORT: u16 = 4730;

/// Where a gearmand listens: `host`, `host:port` or `[address]:port`; without a port, 4730.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    host: String,
    port: u16,
}

/// The text is no address of a server.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not HOST, HOST:PORT or [ADDRESS]:PORT")]
pub struct ParseServerError(String);

impl Server {
    /// A name or an address, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for Server {
    type Err = ParseServerError;

    fn from_str(text: &str) -> Result<Self, ParseServerError> {
        let invalid = || ParseServerError(text.into());
        let (host, port) = match text.rsplit_once(':') {
            _ if text.starts_with('[') && text.ends_with(']') => (text, None),
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        };
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let name = bracketed.unwrap_or(host);
        if name.is_empty()
            || name.contains(['/', ' ', '[', ']'])
            || (bracketed.is_none() && name.contains(':'))
        {
            return Err(invalid());
        }
        let port = port.map_or(Ok(DEFAULT_PORT), |port| port.parse().map_err(|_| invalid()))?;
        Ok(Self { host: name.into(), port })
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}
