//! What reads the bytes of gearmand and of the function, for the fuzzing targets; nothing else uses it, and it is built for them alone.

use crate::{
    forward::{call_result::CallResult, function_client::read_reply},
    metrics::Metrics,
    protocol::{
        codec::GearmanCodec,
        connection::Connection,
        context::{WorkerConfig, WorkerContext},
        handler::Handler,
        job::Job,
        packet::Response,
        session,
    },
};
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use std::sync::Arc;
use tokio::{
    io::{DuplexStream, duplex, split},
    sync::watch,
};
use tokio_util::{codec::Decoder, sync::CancellationToken};

/// A packet of gearmand.
#[derive(Debug, PartialEq, Eq)]
pub enum Packet {
    /// A job.
    Job(Job),
    /// A job without its payload, and the bytes that were passed over.
    Oversized(Job, u64),
    /// Any other, as text.
    Other(String),
}

/// Decodes what arrives in these pieces: the packets, and whether the connection can be used on.
pub fn decode_packets<'a>(pieces: impl Iterator<Item = &'a [u8]>, max_payload: usize) -> (Vec<Packet>, bool) {
    let (mut codec, mut input, mut packets) = (GearmanCodec::new(max_payload), BytesMut::new(), Vec::new());
    for piece in pieces {
        input.extend_from_slice(piece);
        loop {
            match codec.decode(&mut input) {
                Ok(Some(Response::Job(job))) => packets.push(Packet::Job(job)),
                Ok(Some(Response::OversizedJob { job, size })) => packets.push(Packet::Oversized(job, size)),
                Ok(Some(other)) => packets.push(Packet::Other(format!("{other:?}"))),
                Ok(None) => break,
                Err(_) => return (packets, false),
            }
        }
    }
    (packets, true)
}

/// Runs the session of a worker that offers `upload`, for one job at a time, until the other end closes the connection; hands that end out first.
pub async fn run_session<H: Handler>(handler: H, max_payload: usize, serve: impl AsyncFnOnce(DuplexStream)) {
    let (here, there) = duplex(1 << 20);
    let (reader, writer) = split(there);
    let connection = Connection { reader: Box::new(reader), writer: Box::new(writer) };
    let config = WorkerConfig {
        servers: Vec::new(),
        function: "upload".into(),
        jobs: 1,
        max_payload,
        client_id: "fuzzed".into(),
        tls: None,
        once: false,
    };
    let context = WorkerContext::new(config, handler, Arc::new(Metrics::default()), CancellationToken::new());
    // How it ends is the other end's doing.
    let (_, ()) = tokio::join!(session::run(&context, "fuzzed", connection), serve(here));
}

/// Reads a response of the function to a task; returns the reply that the job's client gets, where it is the job's end.
pub async fn read_response(status: StatusCode, is_in_lines: bool, body: Vec<u8>) -> Option<Bytes> {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    let content_type = if is_in_lines { "application/x-ndjson" } else { "application/json" };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    let (progress, _) = watch::channel(None);
    match read_reply(response.into(), &progress).await {
        CallResult::Done(reply) | CallResult::PublishedElsewhere(reply) => Some(reply.into_text(None)),
        CallResult::Retry { .. } | CallResult::InProgress(_) | CallResult::Refused(_) => None,
    }
}
