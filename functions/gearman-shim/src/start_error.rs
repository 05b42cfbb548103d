//! What keeps the program from starting.

use crate::config::ConfigError;
use std::{io, net::SocketAddr};
use thiserror::Error;

/// Why the shim cannot start.
#[derive(Debug, Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("--health {address}: {source}")]
    Health { address: SocketAddr, source: io::Error },
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    #[error(transparent)]
    HttpClient(#[from] reqwest::Error),
    /// The runtime or the signal handlers.
    #[error(transparent)]
    Io(#[from] io::Error),
}
