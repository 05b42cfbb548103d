//! gearmand's side of a connection, made of arbitrary packets.

use arbitrary::{Arbitrary, Unstructured};
use bytes::Bytes;
use gearman_shim::{
    Handler, Job, Progress, Reply,
    fuzzing::{Packet, decode_packets, run_session},
    metrics::Outcome,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// Bytes of a payload at most: small, so that larger ones are reached.
const MAX_PAYLOAD: usize = 64;
/// What the codec allows to the arguments before a payload.
const MAX_ARGUMENTS: usize = 4096;
const TYPES: [u32; 8] = [6, 10, 11, 17, 19, 31, 40, 0];

/// One packet as gearmand frames it, or bytes that are none.
#[derive(Debug, Arbitrary)]
enum Piece {
    Packet { kind: u8, arguments: Vec<Vec<u8>>, padding: u16 },
    Assignment { unique: bool, payload: Vec<u8> },
    Echo,
    NoJob,
    Noop,
    Raw(Vec<u8>),
}

impl Piece {
    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Packet { kind, arguments, padding } => {
                let mut body = arguments.join(&0);
                body.resize(body.len() + usize::from(padding % 8192), b'x');
                frame(TYPES[usize::from(*kind) % TYPES.len()], &body)
            }
            Self::Assignment { unique, payload } => {
                let mut body = b"H:1\0upload\0".to_vec();
                if *unique {
                    body.extend(b"u1\0");
                }
                body.extend(payload);
                frame(if *unique { 31 } else { 11 }, &body)
            }
            Self::Echo => frame(17, b"registered"),
            Self::NoJob => frame(10, b""),
            Self::Noop => frame(6, b""),
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

fn frame(kind: u32, body: &[u8]) -> Vec<u8> {
    [b"\0RES", &kind.to_be_bytes()[..], &(body.len() as u32).to_be_bytes(), body].concat()
}

/// The packets are the same in whatever pieces they arrive, and none exceeds its bounds.
///
/// # Panics
/// Where this does not hold.
pub fn decode(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let Ok((step, pieces)) = <(u8, Vec<Piece>)>::arbitrary(&mut input) else { return };
    let bytes: Vec<u8> = pieces.iter().flat_map(Piece::to_bytes).collect();
    let whole = decode_packets(std::iter::once(&bytes[..]), MAX_PAYLOAD);
    let split = decode_packets(bytes.chunks(usize::from(step).max(1)), MAX_PAYLOAD);
    assert_eq!(whole, split, "in pieces of {step}");
    for packet in whole.0 {
        match packet {
            Packet::Job(job) => assert!(job.payload.len() <= MAX_PAYLOAD, "{job:?}"),
            Packet::Oversized(job, size) => assert!(job.payload.is_empty() && size > MAX_PAYLOAD as u64),
            Packet::Other(text) => assert!(text.len() <= 8 * (MAX_PAYLOAD + MAX_ARGUMENTS), "{text}"),
        }
    }
}

/// Echoes each job, and counts them.
struct Echo<'a>(&'a AtomicUsize);

impl Handler for Echo<'static> {
    async fn handle(&self, job: Job, progress: &Progress) -> Reply {
        progress.report(1, 2);
        self.0.fetch_add(1, Ordering::Relaxed);
        Reply { outcome: Outcome::Success, complete: Some(job.payload) }
    }

    fn too_large(&self, _: &Job, _: u64) -> Reply {
        self.0.fetch_add(1, Ordering::Relaxed);
        Reply { outcome: Outcome::Refused, complete: Some(Bytes::from_static(b"too large")) }
    }
}

/// A worker answers whatever gearmand says with packets of the protocol, asks for one job at a time, and ends no job twice.
///
/// # Panics
/// Where this does not hold.
pub fn work(data: &[u8]) {
    let Ok(pieces) = Vec::<Piece>::arbitrary(&mut Unstructured::new(data)) else { return };
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().expect("a runtime");
    // Two words for each input: less than a run of the fuzzer keeps anyway.
    let handled: &'static AtomicUsize = Box::leak(Box::default());
    runtime.block_on(run_session(Echo(handled), MAX_PAYLOAD, async |stream| {
        serve(stream, &pieces, handled).await
    }));
}

/// Answers each packet of the worker with the next piece; closes the connection behind the last.
async fn serve(mut stream: DuplexStream, pieces: &[Piece], handled: &AtomicUsize) {
    let (mut grabs, mut ends) = (0, 0);
    let mut pieces = pieces.iter();
    while let Some((kind, body)) = read_packet(&mut stream).await {
        match kind {
            30 => grabs += 1,
            13 | 14 => ends += 1,
            12 => assert!(body.iter().filter(|byte| **byte == 0).count() >= 2, "{body:?}"),
            1 | 4 | 16 | 22 => {}
            other => panic!("a worker never sends {other}"),
        }
        assert!(ends <= grabs, "{ends} jobs ended of {grabs}");
        // A job of another function is refused unhandled.
        assert!(handled.load(Ordering::Relaxed) <= grabs, "a job was handled that nobody asked for");
        let Some(piece) = pieces.next() else { break };
        // The worker may have closed its end.
        let _ = stream.write_all(&piece.to_bytes()).await;
    }
}

async fn read_packet(stream: &mut DuplexStream) -> Option<(u32, Vec<u8>)> {
    let mut header = [0; 12];
    stream.read_exact(&mut header).await.ok()?;
    assert_eq!(&header[..4], b"\0REQ");
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let mut body = vec![0; number(8) as usize];
    stream.read_exact(&mut body).await.ok()?;
    Some((number(4), body))
}
