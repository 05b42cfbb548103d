//! A gearmand and a handler that do what a test says.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use crate::{
    metrics::{Metrics, Outcome},
    protocol::{
        connection::Connection,
        context::{WorkerConfig, WorkerContext},
        handler::{Handler, Progress, Reply},
        job::Job,
        packet::packet_type,
    },
};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split},
    sync::{Semaphore, watch},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Longer than any silence that a connection survives.
const LONG: Duration = Duration::from_secs(300);

/// The other end of a connection.
pub(crate) struct Gearmand(DuplexStream);

impl Gearmand {
    pub(crate) fn new() -> (Self, Connection) {
        let (here, there) = duplex(1 << 20);
        let (reader, writer) = split(there);
        (Self(here), Connection { reader: Box::new(reader), writer: Box::new(writer) })
    }

    /// The next packet, whose magic must be a worker's; `None` where the connection was closed. Fails the test after minutes without one.
    pub(crate) async fn next(&mut self) -> Option<(u32, Bytes)> {
        timeout(LONG, self.read_packet()).await.unwrap_or_else(|_| panic!("no packet within {LONG:?}"))
    }

    async fn read_packet(&mut self) -> Option<(u32, Bytes)> {
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

    /// Fails the test where a packet comes within that time.
    pub(crate) async fn expect_nothing(&mut self, time: Duration) {
        if let Ok(found) = timeout(time, self.next()).await {
            panic!("unexpected: {found:?}");
        }
    }

    pub(crate) async fn send(&mut self, kind: u32, body: impl AsRef<[u8]>) {
        self.send_bytes(&response(kind, body.as_ref())).await;
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Confirms the worker's registration, which comes before the first grab.
    pub(crate) async fn accept_registration(&mut self) {
        self.expect(packet_type::SET_CLIENT_ID, "tester").await;
        self.expect(packet_type::CAN_DO, "upload").await;
        self.expect(packet_type::ECHO_REQ, "registered").await;
        self.send(packet_type::ECHO_RES, "registered").await;
    }

    /// Answers a grab with a job of that number and payload.
    pub(crate) async fn assign(&mut self, number: u32, payload: &str) {
        self.expect(packet_type::GRAB_JOB_UNIQ, "").await;
        self.send(packet_type::JOB_ASSIGN_UNIQ, format!("H:{number}\0upload\0u{number}\0{payload}")).await;
    }
}

/// Waits for the end of a task, which must come.
pub(crate) async fn join<T>(task: JoinHandle<T>) -> T {
    timeout(LONG, task).await.unwrap_or_else(|_| panic!("no end within {LONG:?}")).unwrap()
}

/// A packet from gearmand.
pub(crate) fn response(kind: u32, body: &[u8]) -> BytesMut {
    let mut packet = BytesMut::from(&b"\0RES"[..]);
    packet.put_u32(kind);
    packet.put_u32(body.len().try_into().unwrap());
    packet.put_slice(body);
    packet
}

/// Echoes payloads; `panic` panics, `status` reports progress first, `wait` waits for the gate, `fail` fails.
#[derive(Clone)]
pub(crate) struct Echo {
    pub(crate) gate: Arc<Semaphore>,
    /// One permit for each job that noticed that its connection is lost.
    pub(crate) losses: Arc<Semaphore>,
    /// Whether it can run jobs.
    pub(crate) ready: watch::Sender<bool>,
}

impl Handler for Echo {
    async fn handle(&self, job: Job, progress: &Progress) -> Reply {
        match &*job.payload {
            b"panic" => panic!("as asked"),
            b"status" => progress.report(1, 2),
            b"fail" => return Reply::fail(Outcome::Failed),
            b"wait" => {
                tokio::select! {
                    permit = self.gate.acquire() => permit.unwrap().forget(),
                    () = progress.wait_until_lost() => {
                        self.losses.add_permits(1);
                        self.gate.acquire().await.unwrap().forget();
                    }
                }
            }
            _ => {}
        }
        Reply { outcome: Outcome::Success, complete: Some(job.payload) }
    }

    async fn wait_until_ready(&self) {
        self.ready.subscribe().wait_for(|ready| *ready).await.unwrap();
    }

    fn too_large(&self, _: &Job, size: u64) -> Reply {
        Reply { outcome: Outcome::Refused, complete: Some(format!("{size} is too large").into()) }
    }
}

pub(crate) fn worker(jobs: u16) -> Arc<WorkerContext<Echo>> {
    build_worker(jobs, false)
}

/// A worker that takes one job only.
pub(crate) fn worker_once() -> Arc<WorkerContext<Echo>> {
    build_worker(1, true)
}

fn build_worker(jobs: u16, once: bool) -> Arc<WorkerContext<Echo>> {
    let config = WorkerConfig {
        servers: Vec::new(),
        function: "upload".into(),
        jobs,
        max_payload: 1000,
        client_id: "tester".into(),
        tls: None,
        once,
    };
    let handler = Echo {
        gate: Arc::new(Semaphore::new(0)),
        losses: Arc::new(Semaphore::new(0)),
        ready: watch::Sender::new(true),
    };
    WorkerContext::new(config, handler, Arc::new(Metrics::default()), CancellationToken::new())
}
