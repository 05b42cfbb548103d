//! The HTTP clients of the process: TLS by rustls with ring and bundled roots, which start faster than the platform's verifier.

use object_storage::HttpClient;
use reqwest::{Client, ClientBuilder, redirect};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::{sync::Arc, time::Duration};
use upload_core::{Error, ErrorKind};

/// A connection that has been idle this long is not used again: a frozen function's connections are dead when it wakes.
const IDLE: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(10);

/// What the parts of the application call with. They trust the same roots and resume each other's TLS sessions.
#[derive(Clone)]
pub(crate) struct Clients {
    /// For Youku.
    pub(crate) calls: Client,
    /// For the bytes of objects, and all else that stores are asked.
    pub(crate) stores: HttpClient,
}

impl Clients {
    pub(crate) fn new() -> Result<Self, Error> {
        let tls = tls()?;
        Ok(Self { calls: call_client(tls.clone())?, stores: HttpClient::new(tls) })
    }
}

/// Builds a client for calls. It follows no redirect, uses no proxy and has no read time-out: one would also run while a body goes out, so
/// bodies carry a watchdog and short calls a time-out of their own.
///
/// # Errors
/// [`Config`](ErrorKind::Config) where TLS cannot be set up.
pub fn client() -> Result<Client, Error> {
    call_client(tls()?)
}

/// Builds a client for stores.
///
/// # Errors
/// As [`client`].
pub fn store_client() -> Result<HttpClient, Error> {
    Ok(HttpClient::new(tls()?))
}

fn call_client(tls: ClientConfig) -> Result<Client, Error> {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .build()
        .map_err(failed)
}

/// A client that brings TLS, everything else left open.
///
/// # Errors
/// As [`client`].
pub(crate) fn builder() -> Result<ClientBuilder, Error> {
    Ok(Client::builder().tls_backend_preconfigured(tls()?))
}

fn tls() -> Result<ClientConfig, Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn failed(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Config, "http", "the HTTP client cannot be set up").with_source(cause)
}
