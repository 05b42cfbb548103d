//! The HTTP clients of the process.

use super::tls;
use object_storage::HttpClient;
use reqwest::{Client, ClientBuilder, redirect};
use rustls::ClientConfig;
use std::time::Duration;
use upload_core::{Error, ErrorKind};

/// A connection that has been idle this long is not used again: a frozen function's connections are dead when it wakes.
const IDLE: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(10);

/// The clients that the adapters share. They trust the same roots and resume each other's TLS sessions.
#[derive(Clone)]
pub(crate) struct Clients {
    /// For Youku.
    pub(crate) calls: Client,
    /// For the bytes of objects, and every other request to a store.
    pub(crate) stores: HttpClient,
}

impl Clients {
    /// Builds the clients; connects to nothing yet.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where TLS cannot be set up.
    pub(crate) fn new() -> Result<Self, Error> {
        let tls = tls::client_config().map_err(setup_error)?;
        Ok(Self { calls: build_call_client(tls.clone())?, stores: HttpClient::new(tls) })
    }
}

/// Builds a client for calls. It follows no redirect, uses no proxy and has no read time-out: one would also run while a body goes out, so
/// bodies carry a watchdog and short calls a time-out of their own.
///
/// # Errors
/// [`Config`](ErrorKind::Config) where TLS cannot be set up.
pub fn http_client() -> Result<Client, Error> {
    build_call_client(tls::client_config().map_err(setup_error)?)
}

/// Builds a client for stores.
///
/// # Errors
/// As [`http_client`].
pub fn store_client() -> Result<HttpClient, Error> {
    Ok(HttpClient::new(tls::client_config().map_err(setup_error)?))
}

/// A builder that brings TLS and leaves everything else open.
///
/// # Errors
/// As [`http_client`].
pub(super) fn client_builder() -> Result<ClientBuilder, Error> {
    Ok(Client::builder().tls_backend_preconfigured(tls::client_config().map_err(setup_error)?))
}

fn build_call_client(tls: ClientConfig) -> Result<Client, Error> {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .build()
        .map_err(setup_error)
}

fn setup_error(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Config, "http", "the HTTP client cannot be set up").with_source(cause)
}
