//! A gearmand, a handler and a function that do what a test says.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use crate::{
    Handler, Job, Progress, Reply, WorkerConfig,
    connection::Line,
    metrics::{Metrics, Outcome},
    worker::{Drain, Shared},
};
use axum::{Router, body::Body, extract::Request, http::Response};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split},
    net::TcpListener,
    sync::Semaphore,
    task::JoinHandle,
    time::timeout,
};

pub(crate) const GRAB: u32 = crate::codec::GRAB_JOB_UNIQ;

/// Longer than any silence that a line survives.
const LONG: Duration = Duration::from_secs(300);

/// The other end of a line.
pub(crate) struct Gearmand(DuplexStream);

impl Gearmand {
    pub(crate) fn new() -> (Self, Line) {
        let (here, there) = duplex(1 << 20);
        let (reader, writer) = split(there);
        (Self(here), Line { reader: Box::new(reader), writer: Box::new(writer) })
    }

    /// The next packet, whose magic must be a worker's; `None` where the line was closed. Comes none within minutes, the test fails.
    pub(crate) async fn next(&mut self) -> Option<(u32, Bytes)> {
        timeout(LONG, self.packet()).await.unwrap_or_else(|_| panic!("no packet within {LONG:?}"))
    }

    async fn packet(&mut self) -> Option<(u32, Bytes)> {
        let mut header = [0; 12];
        self.0.read_exact(&mut header).await.ok()?;
        let mut header = &header[..];
        assert_eq!(header.get_u32(), u32::from_be_bytes(*b"\0REQ"));
        let kind = header.get_u32();
        let mut body = vec![0; header.get_u32() as usize];
        self.0.read_exact(&mut body).await.ok()?;
        Some((kind, body.into()))
    }

    pub(crate) async fn expect(&mut self, kind: u32, body: impl AsRef<[u8]>) {
        let (found, found_body) = self.next().await.unwrap_or_else(|| panic!("closed instead of {kind}"));
        let text = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
        assert_eq!((found, text(&found_body)), (kind, text(body.as_ref())));
    }

    /// Nothing comes for that long.
    pub(crate) async fn quiet(&mut self, time: Duration) {
        if let Ok(found) = timeout(time, self.next()).await {
            panic!("not quiet: {found:?}");
        }
    }

    pub(crate) async fn say(&mut self, kind: u32, body: impl AsRef<[u8]>) {
        self.raw(&answer(kind, body.as_ref())).await;
    }

    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// The usual beginning, up to the first grab.
    pub(crate) async fn greet(&mut self) {
        self.expect(crate::codec::SET_CLIENT_ID, "tester").await;
        self.expect(crate::codec::CAN_DO, "upload").await;
        self.expect(crate::codec::ECHO_REQ, "registered").await;
        self.say(crate::codec::ECHO_RES, "registered").await;
    }

    /// Answers a grab with a job of that number and payload.
    pub(crate) async fn assign(&mut self, number: u32, payload: &str) {
        self.expect(GRAB, "").await;
        self.say(crate::codec::JOB_ASSIGN_UNIQ, format!("H:{number}\0upload\0u{number}\0{payload}")).await;
    }
}

/// What a task gives that ends, as it must.
pub(crate) async fn ended<T>(task: JoinHandle<T>) -> T {
    timeout(LONG, task).await.unwrap_or_else(|_| panic!("no end within {LONG:?}")).unwrap()
}

/// A packet from gearmand.
pub(crate) fn answer(kind: u32, body: &[u8]) -> BytesMut {
    let mut packet = BytesMut::from(&b"\0RES"[..]);
    packet.put_u32(kind);
    packet.put_u32(body.len().try_into().unwrap());
    packet.put_slice(body);
    packet
}

/// Echoes payloads; `panic` panics, `status` tells progress first, `wait` waits for the gate, `fail` fails.
#[derive(Clone)]
pub(crate) struct Echo {
    pub(crate) gate: Arc<Semaphore>,
    /// How many handlers were told that their line is gone.
    pub(crate) told: Arc<Semaphore>,
}

impl Handler for Echo {
    async fn handle(&self, job: Job, progress: &Progress) -> Reply {
        match &*job.payload {
            b"panic" => panic!("as asked"),
            b"status" => progress.status(1, 2),
            b"fail" => return Reply { outcome: Outcome::Failed, complete: None },
            b"wait" => {
                tokio::select! {
                    permit = self.gate.acquire() => permit.unwrap().forget(),
                    () = progress.lost() => {
                        self.told.add_permits(1);
                        self.gate.acquire().await.unwrap().forget();
                    }
                }
            }
            _ => {}
        }
        Reply { outcome: Outcome::Success, complete: Some(job.payload) }
    }

    fn too_large(&self, _: &Job, size: u64) -> Reply {
        Reply { outcome: Outcome::Refused, complete: Some(format!("{size} is too large").into()) }
    }
}

pub(crate) fn worker(jobs: u16) -> Arc<Shared<Echo>> {
    worker_with(jobs, false)
}

pub(crate) fn worker_with(jobs: u16, once: bool) -> Arc<Shared<Echo>> {
    let config = WorkerConfig {
        servers: Vec::new(),
        function: "upload".into(),
        jobs,
        max_payload: 1000,
        client_id: "tester".into(),
        tls: None,
        once,
    };
    let handler = Echo { gate: Arc::new(Semaphore::new(0)), told: Arc::new(Semaphore::new(0)) };
    Shared::new(config, handler, Arc::new(Metrics::default()), Drain::default())
}

/// A function that gives the answers it was told, in their order, and keeps what it was asked.
pub(crate) struct ScriptedFunction {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<(http::request::Parts, Bytes)>>>,
}

impl ScriptedFunction {
    pub(crate) async fn start(answers: impl IntoIterator<Item = Response<Body>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/base/", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(answers.into_iter().collect::<VecDeque<_>>()));
        let keep = asked.clone();
        let answer = async move |request: Request| {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            keep.lock().unwrap().push((parts, body));
            let answer = answers.lock().unwrap().pop_front();
            answer.unwrap_or_else(|| Response::builder().status(418).body(Body::empty()).unwrap())
        };
        let router = Router::new().fallback(answer);
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { url, asked }
    }

    /// The requests, as method and path.
    pub(crate) fn paths(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|(parts, _)| format!("{} {}", parts.method, parts.uri.path())).collect()
    }

    pub(crate) fn header(&self, request: usize, name: &str) -> String {
        self.asked.lock().unwrap()[request].0.headers[name].to_str().unwrap().to_owned()
    }

    pub(crate) fn body(&self, request: usize) -> Bytes {
        self.asked.lock().unwrap()[request].1.clone()
    }
}
