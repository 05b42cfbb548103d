//! TLS of every connection of the process: rustls with ring and bundled roots, which start faster than the platform's verifier.

use rustls::{ClientConfig, Error, RootCertStore, crypto::ring};
use std::sync::Arc;

/// Builds the configuration. Connections that share one resume each other's TLS sessions.
///
/// # Errors
/// Where the provider supports no version of TLS.
pub(super) fn client_config() -> Result<ClientConfig, Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
