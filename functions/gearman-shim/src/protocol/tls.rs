//! Which certificates a gearmand may show.

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{
        CertificateDer,
        pem::{self, PemObject},
    },
};
use std::{path::Path, sync::Arc};
use thiserror::Error;

/// Why a file of certificates cannot be used.
#[derive(Debug, Error)]
pub(crate) enum TlsError {
    #[error(transparent)]
    Pem(#[from] pem::Error),
    #[error("holds no certificate")]
    NoCertificate,
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
}

/// Builds a TLS setup that trusts the certificates of a PEM file and no others.
///
/// # Errors
/// A file that cannot be read or holds no certificate.
pub(crate) fn trust_only(pem: &Path) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(pem)? {
        roots.add(certificate?)?;
    }
    if roots.is_empty() {
        return Err(TlsError::NoCertificate);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}
