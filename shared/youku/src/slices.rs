//! The calls to a slice server.

use crate::{
    error::{self, Error, ErrorKind},
    http::{
        decode,
        operation::Operation,
        request::{self, CALL_TIME, Fields},
        response::Response,
        transport::Transport,
    },
    types::{Check, Invalid, MAX_SLICE_LENGTH_KIB, Md5, NextSlice, Slice},
};
use bytes::Bytes;
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

/// Time for one slice, up to 10 MiB, to go out and be answered.
const SLICE_TIME: Duration = Duration::from_secs(120);

const HTTP_PORT: u16 = 80;

/// The one address that takes the slices of an upload.
#[derive(Debug, Clone)]
pub struct SliceServer {
    transport: Arc<dyn Transport>,
    address: String,
}

impl SliceServer {
    /// IP address, with a port where it is not 80: what [`Client::slice_server_at`](crate::Client::slice_server_at) takes.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Announces the file. `extension` has no dot; `slice_length_kib` is 1 to [`MAX_SLICE_LENGTH_KIB`], Youku's own default is 2048.
    ///
    /// # Errors
    /// `Invalid` for a slice length out of range, then any kind.
    pub async fn create_file(
        &self,
        upload_token: &SecretString,
        file_size: u64,
        extension: &str,
        slice_length_kib: u32,
    ) -> Result<(), Error> {
        if !(1..=MAX_SLICE_LENGTH_KIB).contains(&slice_length_kib) {
            let invalid = Invalid::new("slice_length", "1 to 10240 KiB", slice_length_kib);
            return Err(error::from_invalid(Operation::CreateFile, invalid));
        }
        let form = [
            ("upload_token", upload_token.expose_secret()),
            ("file_size", &file_size.to_string()),
            ("ext", extension),
            ("slice_length", &slice_length_kib.to_string()),
        ];
        let url = self.url(Operation::CreateFile);
        request::post_form(&*self.transport, Operation::CreateFile, &url, &form).await?;
        Ok(())
    }

    /// Asks for a slice to send. Several workers may each hold one.
    ///
    /// # Errors
    /// Any kind but `Invalid`.
    pub async fn new_slice(&self, upload_token: &SecretString) -> Result<NextSlice, Error> {
        let query = [("upload_token", upload_token.expose_secret())];
        decode::next_slice(&self.get(Operation::NewSlice, &query).await?)
    }

    /// Sends a slice's bytes with their MD5 and answers the next slice to send.
    ///
    /// # Errors
    /// `SliceHashMismatch`: the bytes were damaged on the way: send them again. Any kind but `Invalid`.
    pub async fn upload_slice(
        &self,
        upload_token: &SecretString,
        slice: &Slice,
        bytes: Bytes,
        md5: Md5,
    ) -> Result<NextSlice, Error> {
        let query = [
            ("upload_token", upload_token.expose_secret()),
            ("slice_task_id", &slice.id.to_string()),
            ("offset", &slice.offset.to_string()),
            ("length", &slice.length.to_string()),
            ("hash", &md5.to_string()),
        ];
        let query = request::encode_fields(Operation::UploadSlice, &query)?;
        let url = format!("{}?{query}", self.url(Operation::UploadSlice));
        let request = request::new_request(Operation::UploadSlice, Method::POST, &url, bytes)?;
        decode::next_slice(
            &request::send(&*self.transport, Operation::UploadSlice, request, SLICE_TIME).await?,
        )
    }

    /// Asks how far the upload has come.
    ///
    /// # Errors
    /// Any kind but `Invalid`.
    pub async fn check(&self, upload_token: &SecretString) -> Result<Check, Error> {
        let query = [("upload_token", upload_token.expose_secret())];
        decode::check(&self.get(Operation::Check, &query).await?)
    }

    pub(crate) fn from_address(transport: Arc<dyn Transport>, address: &str) -> Result<Self, Error> {
        if !is_address(address) {
            return Err(
                error::from_kind(ErrorKind::Config, Operation::Resolve).with_context("field", "address")
            );
        }
        Ok(Self { transport, address: address.to_owned() })
    }

    pub(crate) async fn resolve(transport: Arc<dyn Transport>, uri: &str) -> Result<Self, Error> {
        let host = uri.trim_start_matches("http://").trim_start_matches("https://");
        let host = host.split('/').next().unwrap_or_default();
        if is_address(host) {
            return Self::from_address(transport, host);
        }
        let (name, port) = match host.rsplit_once(':').map(|(n, p)| (n, p.parse())) {
            Some((name, Ok(port))) => (name, port),
            _ => (host, HTTP_PORT),
        };
        let found = tokio::time::timeout(CALL_TIME, tokio::net::lookup_host((name, port)))
            .await
            .map_err(|_| error::from_kind(ErrorKind::TimedOut, Operation::Resolve))?
            .map_err(|why| error::from_kind(ErrorKind::Connection, Operation::Resolve).with_source(why))?;
        let found: Vec<SocketAddr> = found.collect();
        // Every known client talks to these servers by IPv4.
        let Some(address) = found.iter().find(|address| address.is_ipv4()).or(found.first()) else {
            return Err(error::from_kind(ErrorKind::Connection, Operation::Resolve));
        };
        let address = match (address.port(), address.ip()) {
            (HTTP_PORT, IpAddr::V4(ip)) => ip.to_string(),
            _ => address.to_string(),
        };
        Self::from_address(transport, &address)
    }

    async fn get(&self, operation: Operation, query: &Fields<'_>) -> Result<Response, Error> {
        request::get(&*self.transport, operation, &self.url(operation), query).await
    }

    fn url(&self, operation: Operation) -> String {
        format!("http://{}/gupload/{}", self.address, operation.as_str())
    }
}

/// An IPv4 address with or without a port, or an IPv6 one in brackets with a port.
fn is_address(text: &str) -> bool {
    text.parse::<SocketAddr>().is_ok() || text.parse::<std::net::Ipv4Addr>().is_ok()
}
