//! Gearman packets: a header of twelve bytes, then arguments separated by NUL. The last argument may hold any bytes.

use crate::protocol::{
    job::Job,
    packet::{Request, Response, packet_type},
};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use std::io;
use thiserror::Error;
use tokio_util::codec::{Decoder, Encoder};

const HEADER_BYTES: usize = 12;
const REQUEST_MAGIC: &[u8; 4] = b"\0REQ";
const RESPONSE_MAGIC: &[u8; 4] = b"\0RES";
/// Most bytes of handle, function, unique id and reducer together: each has at most a few hundred.
const MAX_ARGUMENT_BYTES: usize = 4096;
/// Bytes that gearmand keeps of a unique id of 64, the longest that it accepts.
const CUT_UNIQUE_BYTES: usize = 63;

/// Why a connection's bytes cannot be packets. The connection cannot be used any more.
#[derive(Debug, Error)]
pub(crate) enum CodecError {
    #[error("a packet does not begin with the magic of a response")]
    BadMagic,
    #[error("a packet of the unexpected type {0}")]
    UnexpectedType(u32),
    #[error("an assignment lacks some of its arguments")]
    MissingArguments,
    /// The header's length field has 32 bits.
    #[error("a packet of {0} bytes is too long to be sent")]
    TooLong(usize),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Encodes [`Request`]s and decodes [`Response`]s. Holds at most one payload of the permitted size.
#[derive(Debug)]
pub(crate) struct GearmanCodec {
    max_payload: usize,
    skipping: Option<SkippedJob>,
}

/// A job whose payload is too large and is being skipped.
#[derive(Debug)]
struct SkippedJob {
    remaining: usize,
    job: Job,
    size: u64,
}

impl GearmanCodec {
    /// `max_payload`: bytes of a job's payload at most; a larger one decodes to [`Response::OversizedJob`].
    pub(crate) fn new(max_payload: usize) -> Self {
        Self { max_payload, skipping: None }
    }

    fn parse_response(&self, kind: u32, body: Bytes) -> Result<Response, CodecError> {
        match kind {
            packet_type::NOOP => Ok(Response::Noop),
            packet_type::NO_JOB => Ok(Response::NoJob),
            packet_type::ECHO_RES => Ok(Response::Echo),
            packet_type::ERROR => Ok(Response::Error(String::from_utf8_lossy(&body).replace('\0', ": "))),
            _ => {
                let (mut job, start) =
                    parse_assignment(kind, &body, body.len())?.ok_or(CodecError::MissingArguments)?;
                let payload = body.slice(start..);
                if payload.len() > self.max_payload {
                    return Ok(Response::OversizedJob { job, size: payload.len() as u64 });
                }
                job.payload = payload;
                Ok(Response::Job(job))
            }
        }
    }

    /// Keeps the arguments of a packet that is too long to be held, and skips its payload.
    fn skip_payload(
        &mut self,
        kind: u32,
        length: usize,
        input: &mut BytesMut,
    ) -> Result<Option<Response>, CodecError> {
        let head = &input[HEADER_BYTES..input.len().min(HEADER_BYTES + MAX_ARGUMENT_BYTES)];
        let Some((job, start)) = parse_assignment(kind, head, length)? else {
            return if head.len() < MAX_ARGUMENT_BYTES {
                Ok(None)
            } else {
                Err(CodecError::MissingArguments)
            };
        };
        input.advance(HEADER_BYTES + start);
        let remaining = length - start;
        self.skipping = Some(SkippedJob { remaining, job, size: remaining as u64 });
        self.decode(input)
    }
}

impl Decoder for GearmanCodec {
    type Item = Response;
    type Error = CodecError;

    fn decode(&mut self, input: &mut BytesMut) -> Result<Option<Response>, CodecError> {
        if let Some(skipped) = &mut self.skipping {
            let count = skipped.remaining.min(input.len());
            input.advance(count);
            skipped.remaining -= count;
            if skipped.remaining > 0 {
                return Ok(None);
            }
            return Ok(self
                .skipping
                .take()
                .map(|SkippedJob { job, size, .. }| Response::OversizedJob { job, size }));
        }
        let Some((magic, mut fields)) =
            input.get(..HEADER_BYTES).and_then(|header| header.split_first_chunk::<4>())
        else {
            return Ok(None);
        };
        if magic != RESPONSE_MAGIC {
            return Err(CodecError::BadMagic);
        }
        let (kind, length) = (fields.get_u32(), fields.get_u32() as usize);
        if length > self.max_payload + MAX_ARGUMENT_BYTES {
            return self.skip_payload(kind, length, input);
        }
        if input.len() < HEADER_BYTES + length {
            input.reserve(HEADER_BYTES + length - input.len());
            return Ok(None);
        }
        let body = input.split_to(HEADER_BYTES + length).freeze().slice(HEADER_BYTES..);
        self.parse_response(kind, body).map(Some)
    }
}

impl Encoder<Request> for GearmanCodec {
    type Error = CodecError;

    fn encode(&mut self, request: Request, output: &mut BytesMut) -> Result<(), CodecError> {
        match request {
            Request::SetClientId(id) => put_packet(output, packet_type::SET_CLIENT_ID, &[id.as_bytes()]),
            Request::CanDo(function) => put_packet(output, packet_type::CAN_DO, &[function.as_bytes()]),
            Request::Echo(text) => put_packet(output, packet_type::ECHO_REQ, &[text.as_bytes()]),
            Request::GrabJob => put_packet(output, packet_type::GRAB_JOB_UNIQ, &[]),
            Request::PreSleep => put_packet(output, packet_type::PRE_SLEEP, &[]),
            Request::WorkStatus { handle, numerator, denominator } => {
                let (numerator, denominator) = (numerator.to_string(), denominator.to_string());
                let arguments = [&*handle, numerator.as_bytes(), denominator.as_bytes()];
                put_packet(output, packet_type::WORK_STATUS, &arguments)
            }
            Request::WorkComplete { handle, result } => {
                put_packet(output, packet_type::WORK_COMPLETE, &[&handle, &result])
            }
            Request::WorkFail { handle } => put_packet(output, packet_type::WORK_FAIL, &[&handle]),
        }
    }
}

fn put_packet(output: &mut BytesMut, kind: u32, arguments: &[&[u8]]) -> Result<(), CodecError> {
    let length = arguments.iter().map(|one| one.len()).sum::<usize>() + arguments.len().saturating_sub(1);
    let length_field = u32::try_from(length).map_err(|_| CodecError::TooLong(length))?;
    output.reserve(HEADER_BYTES + length);
    output.put_slice(REQUEST_MAGIC);
    output.put_u32(kind);
    output.put_u32(length_field);
    for (n, argument) in arguments.iter().enumerate() {
        if n > 0 {
            output.put_u8(0);
        }
        output.put_slice(argument);
    }
    Ok(())
}

/// The job of an assignment of `length` bytes without its payload, and where the payload begins; `None` where what is there of it, `body`, ends
/// before that can be told.
fn parse_assignment(kind: u32, body: &[u8], length: usize) -> Result<Option<(Job, usize)>, CodecError> {
    let arguments = match kind {
        packet_type::JOB_ASSIGN => 2,
        packet_type::JOB_ASSIGN_UNIQ => 3,
        packet_type::JOB_ASSIGN_ALL => 4,
        _ => return Err(CodecError::UnexpectedType(kind)),
    };
    let (mut found, mut start) = (Vec::with_capacity(arguments), 0);
    while found.len() < arguments {
        let Some(length) = body[start..].iter().position(|byte| *byte == 0) else { return Ok(None) };
        // Copied: a slice would keep the payload alive.
        found.push(Bytes::copy_from_slice(&body[start..start + length]));
        start += length + 1;
    }
    let mut found = found.into_iter();
    let (handle, function) = (found.next().unwrap_or_default(), found.next().unwrap_or_default());
    let unique = found.next().filter(|unique| !unique.is_empty());
    // After a unique id that it has cut gearmand 1.1.20 sends one NUL more than the protocol has.
    let is_cut = unique.as_ref().is_some_and(|unique| unique.len() == CUT_UNIQUE_BYTES);
    if kind == packet_type::JOB_ASSIGN_UNIQ && is_cut {
        match body.get(start) {
            Some(0) => start += 1,
            // The NUL may be the next byte to arrive.
            None if start < length => return Ok(None),
            _ => {}
        }
    }
    Ok(Some((Job { handle, function, unique, payload: Bytes::new() }, start)))
}

#[cfg(test)]
mod tests;
