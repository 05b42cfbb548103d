//! The HTTP clients of the process.

use super::{tls, youku_http::YoukuHttp};
use object_storage::HttpClient;
use reqwest::{Client, redirect};
use std::time::Duration;
use upload_core::{Error, ErrorKind};

/// A connection that has been idle this long is not used again: a frozen function's connections are dead when it wakes.
const IDLE: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(10);

/// The clients that the adapters share: one pool of connections.
#[derive(Clone)]
pub(crate) struct Clients {
    /// For Youku.
    pub(crate) youku: YoukuHttp,
    /// For the bytes of objects, and every other request to a store.
    pub(crate) stores: HttpClient,
}

impl Clients {
    /// Builds the clients; connects to nothing yet. `api` is the address of Youku's API where it is not Youku's own.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where TLS cannot be set up.
    pub(crate) fn new(api: Option<&str>) -> Result<Self, Error> {
        let stores = store_client()?;
        Ok(Self { youku: YoukuHttp::new(stores.clone(), api), stores })
    }
}

/// Builds a client for calls of a function or a server that is none of the adapters'. It follows no redirect, uses no proxy and has no read
/// time-out.
///
/// # Errors
/// [`Config`](ErrorKind::Config) where TLS cannot be set up.
pub fn http_client() -> Result<Client, Error> {
    Client::builder()
        .tls_backend_preconfigured(tls::client_config().map_err(setup_error)?)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .build()
        .map_err(setup_error)
}

/// Builds a client for stores.
///
/// # Errors
/// As [`http_client`].
pub fn store_client() -> Result<HttpClient, Error> {
    Ok(HttpClient::new(tls::client_config().map_err(setup_error)?))
}

fn setup_error(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Config, "http", "the HTTP client cannot be set up").with_source(cause)
}
