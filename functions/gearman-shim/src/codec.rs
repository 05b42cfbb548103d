//! Gearman packets: twelve bytes of header, then arguments with a NUL between them, the last of which may hold any bytes.

use crate::job::Job;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use std::io;

pub(crate) const CAN_DO: u32 = 1;
pub(crate) const PRE_SLEEP: u32 = 4;
pub(crate) const NOOP: u32 = 6;
pub(crate) const NO_JOB: u32 = 10;
pub(crate) const JOB_ASSIGN: u32 = 11;
pub(crate) const WORK_STATUS: u32 = 12;
pub(crate) const WORK_COMPLETE: u32 = 13;
pub(crate) const WORK_FAIL: u32 = 14;
pub(crate) const ECHO_REQ: u32 = 16;
pub(crate) const ECHO_RES: u32 = 17;
pub(crate) const ERROR: u32 = 19;
pub(crate) const SET_CLIENT_ID: u32 = 22;
pub(crate) const GRAB_JOB_UNIQ: u32 = 30;
pub(crate) const JOB_ASSIGN_UNIQ: u32 = 31;
pub(crate) const JOB_ASSIGN_ALL: u32 = 40;

const HEADER: usize = 12;
/// Handle, function, unique id and reducer together: each is at most a few hundred bytes long.
const ARGUMENTS: usize = 4096;

/// A packet to gearmand.
pub(crate) fn packet(kind: u32, arguments: &[&[u8]]) -> Bytes {
    let length = arguments.iter().map(|one| one.len()).sum::<usize>() + arguments.len().saturating_sub(1);
    let mut packet = BytesMut::with_capacity(HEADER + length);
    packet.put_slice(b"\0REQ");
    packet.put_u32(kind);
    // What we send is bounded by what we took and by our own answers.
    packet.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    for (n, argument) in arguments.iter().enumerate() {
        if n > 0 {
            packet.put_u8(0);
        }
        packet.put_slice(argument);
    }
    packet.freeze()
}

/// A packet from gearmand.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// There is something to grab.
    Noop,
    /// There is nothing to grab.
    NoJob,
    /// The answer to an `ECHO_REQ`.
    Echo,
    /// A job.
    Job(Job),
    /// A job whose payload, of so many bytes, was passed over.
    TooLarge(Job, u64),
    /// Something that was sent earlier did not fit; the text is gearmand's.
    Error(String),
}

/// Makes packets of bytes. No more than one payload of the permitted size is ever held.
#[derive(Debug)]
pub(crate) struct Decoder {
    max_payload: usize,
    passing: Option<Passing>,
}

/// A payload that is too large, on its way past.
#[derive(Debug)]
struct Passing {
    left: usize,
    job: Job,
    size: u64,
}

impl Decoder {
    pub(crate) fn new(max_payload: usize) -> Self {
        Self { max_payload, passing: None }
    }

    /// Takes the next packet out of `input`; `None` where more bytes are needed.
    ///
    /// # Errors
    /// Bytes that are not the protocol: the line cannot be used any more.
    pub(crate) fn decode(&mut self, input: &mut BytesMut) -> io::Result<Option<Frame>> {
        if let Some(passing) = &mut self.passing {
            let cut = passing.left.min(input.len());
            input.advance(cut);
            passing.left -= cut;
            if passing.left > 0 {
                return Ok(None);
            }
            return Ok(self.passing.take().map(|passed| Frame::TooLarge(passed.job, passed.size)));
        }
        let Some(mut header) = input.get(..HEADER) else { return Ok(None) };
        if header.get_u32() != u32::from_be_bytes(*b"\0RES") {
            return Err(malformed("a packet without the magic of an answer"));
        }
        let (kind, length) = (header.get_u32(), header.get_u32() as usize);
        if length > self.max_payload + ARGUMENTS {
            return self.pass_over(kind, length, input);
        }
        if input.len() < HEADER + length {
            input.reserve(HEADER + length - input.len());
            return Ok(None);
        }
        let body = input.split_to(HEADER + length).freeze().slice(HEADER..);
        self.frame(kind, body).map(Some)
    }

    fn frame(&self, kind: u32, body: Bytes) -> io::Result<Frame> {
        match kind {
            NOOP => Ok(Frame::Noop),
            NO_JOB => Ok(Frame::NoJob),
            ECHO_RES => Ok(Frame::Echo),
            ERROR => Ok(Frame::Error(String::from_utf8_lossy(&body).replace('\0', ": "))),
            _ => {
                let (mut job, start) = assigned(kind, &body)?.ok_or_else(incomplete)?;
                job.payload = body.slice(start..);
                if job.payload.len() <= self.max_payload {
                    return Ok(Frame::Job(job));
                }
                let size = job.payload.len() as u64;
                job.payload = Bytes::new();
                Ok(Frame::TooLarge(job, size))
            }
        }
    }

    fn pass_over(&mut self, kind: u32, length: usize, input: &mut BytesMut) -> io::Result<Option<Frame>> {
        let head = Bytes::copy_from_slice(&input[HEADER..input.len().min(HEADER + ARGUMENTS)]);
        let Some((job, start)) = assigned(kind, &head)? else {
            return if head.len() < ARGUMENTS { Ok(None) } else { Err(incomplete()) };
        };
        input.advance(HEADER + start);
        self.passing = Some(Passing { left: length - start, job, size: (length - start) as u64 });
        self.decode(input)
    }
}

/// The job of an assignment without its payload, and where that begins; `None` where `body` ends before.
fn assigned(kind: u32, body: &Bytes) -> io::Result<Option<(Job, usize)>> {
    let arguments = match kind {
        JOB_ASSIGN => 2,
        JOB_ASSIGN_UNIQ => 3,
        JOB_ASSIGN_ALL => 4,
        _ => return Err(malformed("a packet of an unexpected type")),
    };
    let (mut found, mut start) = (Vec::with_capacity(arguments), 0);
    while found.len() < arguments {
        let Some(length) = body[start..].iter().position(|byte| *byte == 0) else { return Ok(None) };
        // Copied: a slice would keep the payload alive.
        found.push(Bytes::copy_from_slice(&body[start..start + length]));
        start += length + 1;
    }
    let mut found = found.into_iter();
    let mut next = || found.next().unwrap_or_default();
    let (handle, function, unique) = (next(), next(), next());
    Ok(Some((Job { handle, function, unique, payload: Bytes::new() }, start)))
}

fn incomplete() -> io::Error {
    malformed("an assignment without all of its arguments")
}

pub(crate) fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests;
