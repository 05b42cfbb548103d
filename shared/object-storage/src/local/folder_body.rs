//! The bytes of a range of a local file.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;
use tokio::task::JoinHandle;

use super::etag::make_etag;
use crate::error::{Error, ErrorKind, from_io};

const OPERATION: &str = "GetObject";
/// Large enough that a trip to the blocking pool costs little, small enough for eight readers at once.
const CHUNK: u64 = 256 << 10;

pub(crate) struct FolderBody {
    left: Range<u64>,
    /// What the file was when it was opened.
    etag: String,
    state: State,
}

enum State {
    Idle(File),
    Reading(JoinHandle<(File, io::Result<Bytes>)>),
    Ended,
}

impl FolderBody {
    pub(crate) fn new(file: File, etag: String, range: Range<u64>) -> Self {
        Self { left: range, etag, state: State::Idle(file) }
    }

    pub(crate) fn left(&self) -> u64 {
        self.left.end.saturating_sub(self.left.start)
    }

    pub(crate) fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                _ if self.left.is_empty() => return Poll::Ready(None),
                State::Ended => return Poll::Ready(None),
                State::Idle(file) => {
                    let (at, length, etag) = (self.left.start, self.left().min(CHUNK), self.etag.clone());
                    self.state =
                        State::Reading(tokio::task::spawn_blocking(move || read(file, at, length, &etag)));
                }
                State::Reading(mut reading) => match Pin::new(&mut reading).poll(cx) {
                    Poll::Pending => {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    }
                    done => match ready!(done) {
                        Ok((file, Ok(bytes))) => {
                            self.left.start += bytes.len() as u64;
                            self.state = State::Idle(file);
                            return Poll::Ready(Some(Ok(Frame::data(bytes))));
                        }
                        Ok((_, Err(error))) => return Poll::Ready(Some(Err(into_error(error)))),
                        Err(_) => {
                            return Poll::Ready(Some(Err(into_error(io::Error::other(
                                "reading was interrupted",
                            )))));
                        }
                    },
                },
            }
        }
    }
}

fn read(mut file: File, at: u64, length: u64, etag: &str) -> (File, io::Result<Bytes>) {
    let result = (|| {
        let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(io::Error::other)?);
        file.seek(SeekFrom::Start(at))?;
        let read = (&mut file).take(length).read_to_end(&mut bytes)?;
        // Checked after each piece, so that no reader sees the end of a file that changed meanwhile.
        if read as u64 != length || make_etag(&file.metadata()?) != etag {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(bytes.into())
    })();
    (file, result)
}

fn into_error(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::InvalidData => {
            Error::new(ErrorKind::PreconditionFailed, OPERATION, "the file has changed while it was read")
        }
        _ => from_io(OPERATION, error),
    }
}
