//! A server that echoes, and a client that shows how a connection ends.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use http::{Request, Response, StatusCode, request::Parts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use local_clouds::control::{Cloud, Control, Server, serve};

/// Answers every request with its own body, and counts its work.
#[derive(Clone, Default)]
pub(crate) struct Echo {
    pub(crate) worked: Arc<AtomicU64>,
    pub(crate) expired: Arc<AtomicU64>,
}

impl Cloud for Echo {
    fn operation(&self, parts: &Parts) -> String {
        parts.uri.path().trim_start_matches('/').to_owned()
    }

    fn expire(&self, _: &Parts) {
        self.expired.fetch_add(1, Ordering::SeqCst);
    }

    fn refusal(&self, _: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body> {
        let mut answer = Response::new(Body::from(code.unwrap_or("refused").to_owned()));
        *answer.status_mut() = status;
        answer
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
        self.worked.fetch_add(1, Ordering::SeqCst);
        Response::new(Body::from(body))
    }
}

pub(crate) struct EchoEnv {
    pub(crate) server: Server,
    pub(crate) control: Control,
    pub(crate) echo: Echo,
}

impl EchoEnv {
    pub(crate) async fn new() -> Self {
        let (echo, control) = (Echo::default(), Control::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = serve(listener, echo.clone(), control.clone());
        Self { server, control, echo }
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> io::Result<Answer> {
        call(self.server.addr(), "POST", path, body).await
    }

    pub(crate) fn worked(&self) -> u64 {
        self.echo.worked.load(Ordering::SeqCst)
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) async fn send(addr: SocketAddr, method: &str, path: &str, body: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(addr).await?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: echo\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    Ok(stream)
}

/// Reads to the end of the connection; an end without an answer is `UnexpectedEof`.
pub(crate) async fn call(addr: SocketAddr, method: &str, path: &str, body: &str) -> io::Result<Answer> {
    let mut stream = send(addr, method, path, body).await?;
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await?;
    let text = String::from_utf8_lossy(&raw);
    let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

pub(crate) async fn add_over_http(env: &EchoEnv, rule: &str) -> u64 {
    let answer = env.post("/_sandbox/faults", rule).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    let ids: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    ids["ids"][0].as_u64().unwrap()
}
