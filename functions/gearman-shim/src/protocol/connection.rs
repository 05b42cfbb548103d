//! Opens a connection to one gearmand.

use crate::protocol::server::Server;
use rustls::{ClientConfig, pki_types::ServerName};
use socket2::{SockRef, TcpKeepalive};
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// For TCP and the TLS handshake together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// With this the kernel notices within a minute that a host has vanished.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(20);

/// Both directions of a connection to gearmand.
pub(crate) struct Connection {
    pub(crate) reader: Box<dyn AsyncRead + Send + Unpin>,
    pub(crate) writer: Box<dyn AsyncWrite + Send + Unpin>,
}

/// Connects. With `tls` the handshake ends before the first packet.
///
/// # Errors
/// A name that does not resolve, a refused connection, a failed handshake; `TimedOut` after ten seconds.
pub(crate) async fn connect(server: &Server, tls: Option<&Arc<ClientConfig>>) -> io::Result<Connection> {
    let connecting = async {
        let stream = open_tcp(server).await?;
        let Some(config) = tls else {
            let (reader, writer) = stream.into_split();
            return Ok(Connection { reader: Box::new(reader), writer: Box::new(writer) });
        };
        let name = ServerName::try_from(server.host().to_owned()).map_err(io::Error::other)?;
        let stream = TlsConnector::from(config.clone()).connect(name, stream).await?;
        let (reader, writer) = tokio::io::split(stream);
        Ok(Connection { reader: Box::new(reader), writer: Box::new(writer) })
    };
    timeout(CONNECT_TIMEOUT, connecting).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Sets `TCP_NODELAY`: without it a reply and the next grab, two small writes, would wait 40 ms for each other's acknowledgement.
async fn open_tcp(server: &Server) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((server.host(), server.port())).await?;
    stream.set_nodelay(true)?;
    let keepalive =
        TcpKeepalive::new().with_time(KEEPALIVE_IDLE).with_interval(KEEPALIVE_IDLE / 4).with_retries(4);
    SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
    Ok(stream)
}

#[cfg(test)]
mod tests;
