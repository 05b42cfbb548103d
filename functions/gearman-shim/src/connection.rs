//! A line to one gearmand.

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use socket2::{SockRef, TcpKeepalive};
use std::{fmt, io, path::Path, str::FromStr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// Gearman's registered port.
const PORT: u16 = 4730;
/// For the connection and its TLS handshake together.
const CONNECT: Duration = Duration::from_secs(10);
/// The kernel finds out within a minute that a host has vanished.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// Where a gearmand listens: `host`, `host:port` or `[address]:port`; without a port, 4730.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    host: String,
    port: u16,
}

impl FromStr for Server {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not HOST, HOST:PORT or [ADDRESS]:PORT");
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
            return Err(wrong());
        }
        let port = port.map_or(Ok(PORT), |port| port.parse().map_err(|_| wrong()))?;
        Ok(Self { host: name.into(), port })
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// Both directions of a line.
pub(crate) struct Line {
    pub(crate) reader: Box<dyn AsyncRead + Send + Unpin>,
    pub(crate) writer: Box<dyn AsyncWrite + Send + Unpin>,
}

/// TLS that trusts the certificates of a PEM file and no others.
///
/// # Errors
/// A file that cannot be read or holds no certificate.
pub(crate) fn trusting(pem: &Path) -> Result<Arc<ClientConfig>, String> {
    let wrong = |why: &dyn fmt::Display| format!("--tls-ca {}: {why}", pem.display());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(pem).map_err(|error| wrong(&error))? {
        let certificate = certificate.map_err(|error| wrong(&error))?;
        roots.add(certificate).map_err(|error| wrong(&error))?;
    }
    if roots.is_empty() {
        return Err(wrong(&"holds no certificate"));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&error))?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// Connects; with `tls` the handshake is over before the first packet.
///
/// # Errors
/// Whatever hinders it, or ten seconds without an end.
pub(crate) async fn connect(server: &Server, tls: Option<&Arc<ClientConfig>>) -> io::Result<Line> {
    let connecting = async {
        let stream = tcp(server).await?;
        let Some(config) = tls else {
            let (reader, writer) = stream.into_split();
            return Ok(Line { reader: Box::new(reader), writer: Box::new(writer) });
        };
        let name = ServerName::try_from(server.host.clone()).map_err(io::Error::other)?;
        let stream = TlsConnector::from(config.clone()).connect(name, stream).await?;
        let (reader, writer) = tokio::io::split(stream);
        Ok(Line { reader: Box::new(reader), writer: Box::new(writer) })
    };
    timeout(CONNECT, connecting).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Without `TCP_NODELAY` an answer and the next grab, two small writes, would wait 40 ms for each other's acknowledgement.
async fn tcp(server: &Server) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((server.host.as_str(), server.port)).await?;
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE / 4).with_retries(4);
    SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
    Ok(stream)
}

#[cfg(test)]
mod tests;
