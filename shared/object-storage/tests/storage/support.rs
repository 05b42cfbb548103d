//! What the tests of several files share: stores, bodies, and a raw server for broken answers.

use std::sync::{Arc, Mutex};

use rustls::RootCertStore;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use bytes::Bytes;
use futures_util::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use object_storage::{BoxError, Credentials, HttpClient, Store, StoreConfig};

pub(crate) const ID: &str = "AKID";
pub(crate) const SECRET: &str = "its-secret";

/// It trusts nobody's certificate: TLS is met where it never answers.
pub(crate) fn http() -> HttpClient {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    HttpClient::new(tls.unwrap().with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

pub(crate) fn fixed() -> Credentials {
    Credentials::Static { access_key_id: ID.into(), access_key_secret: SECRET.into(), security_token: None }
}

pub(crate) fn oss_config(endpoint: &str) -> StoreConfig {
    StoreConfig::oss("films").endpoint(endpoint).region(Some("cn-hangzhou".into())).credentials(fixed())
}

pub(crate) fn oss(endpoint: &str) -> Store {
    Store::new(oss_config(endpoint), http()).unwrap()
}

pub(crate) fn s3(endpoint: &str) -> Store {
    let config =
        StoreConfig::s3("films").endpoint(endpoint).region(Some("eu-west-1".into())).credentials(fixed());
    Store::new(config, http()).unwrap()
}

/// What a raw server does with one connection, once it has read a request.
pub(crate) enum Act {
    /// Send these bytes and close.
    Send(String),
    /// Send these bytes and then nothing more, for as long as the client likes.
    SendAndHang(String),
}

/// A server that takes one request per connection and answers by script; the last act is repeated.
pub(crate) struct RawServer {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl RawServer {
    pub(crate) async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        tokio::spawn(async move {
            let mut turn = 0;
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_request(&mut stream).await;
                seen.lock().unwrap().push(request);
                let act = acts.get(turn).or(acts.last());
                turn += 1;
                match act {
                    Some(Act::Send(text)) => drop(stream.write_all(text.as_bytes()).await),
                    Some(Act::SendAndHang(text)) => {
                        drop(stream.write_all(text.as_bytes()).await);
                        tokio::spawn(async move { stream.read(&mut [0; 64]).await });
                    }
                    None => {}
                }
            }
        });
        Self { url, requests }
    }

    /// Heads and bodies of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&seen).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return text;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => seen.extend_from_slice(&buffer[..read]),
            _ => return text,
        }
    }
}

/// A header of a raw request.
pub(crate) fn header(request: &str, name: &str) -> Option<String> {
    let head = request.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// A 206 for bytes `first` to `last` of `size`, with as much of the body as is given.
pub(crate) fn partial(first: u64, last: u64, size: u64, etag: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 206 Partial Content\r\nETag: \"{etag}\"\r\nContent-Range: bytes {first}-{last}/{size}\r\nContent-Length: {}\r\n\r\n{body}",
        last - first + 1
    )
}

pub(crate) fn failure(status: &str, code: &str, message: &str) -> String {
    let body =
        format!("<Error><Code>{code}</Code><Message>{message}</Message><RequestId>R1</RequestId></Error>");
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

pub(crate) fn ok(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

type Chunk = Result<Frame<Bytes>, BoxError>;

pub(crate) fn chunks(
    parts: Vec<Result<&'static str, &'static str>>,
) -> impl http_body::Body<Data = Bytes, Error = BoxError> + Send {
    let frames =
        parts.into_iter().map(|part| -> Chunk { Ok(Frame::data(Bytes::from_static(part?.as_bytes()))) });
    StreamBody::new(stream::iter(frames))
}
