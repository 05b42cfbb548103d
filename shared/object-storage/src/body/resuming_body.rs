//! The bytes of a range, across as many connections as it takes.

use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use bytes::Bytes;
use http_body::{Body as _, Frame};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use crate::error::{Error, ErrorKind};
use crate::http::remote::Remote;
use crate::types::ObjectVersion;

const OPERATION: &str = "GetObject";

type Reopened = Result<Incoming, Error>;
type Reopening = Pin<Box<dyn Future<Output = (Reopened, Silence)> + Send>>;

/// Since when no byte came, and the pauses not yet used.
struct Silence {
    since: Instant,
    pauses: ExponentialBackoff,
}

pub(crate) struct ResumingBody {
    remote: Arc<Remote>,
    key: String,
    version: ObjectVersion,
    /// What is still to come.
    left: Range<u64>,
    state: State,
    /// Rings when the open connection has been silent for too long.
    alarm: Option<Pin<Box<Sleep>>>,
    armed: bool,
    silence: Option<Silence>,
}

enum State {
    Open(Incoming),
    Reopening(Reopening),
    Ended,
}

impl ResumingBody {
    pub(crate) fn new(
        remote: Arc<Remote>,
        key: String,
        range: Range<u64>,
        version: ObjectVersion,
        body: Incoming,
    ) -> Self {
        Self {
            remote,
            key,
            version,
            left: range,
            state: State::Open(body),
            alarm: None,
            armed: false,
            silence: None,
        }
    }

    pub(crate) fn left(&self) -> u64 {
        self.left.end.saturating_sub(self.left.start)
    }

    pub(crate) fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        loop {
            if self.left.is_empty() {
                return Poll::Ready(None);
            }
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Reopening(reopening) => {
                    let (reopened, silence) = ready!(reopening.as_mut().poll(cx));
                    self.silence = Some(silence);
                    match reopened {
                        Ok(body) => self.state = State::Open(body),
                        Err(error) => {
                            self.state = State::Ended;
                            return Poll::Ready(Some(Err(error)));
                        }
                    }
                }
                State::Open(body) => match Pin::new(body).poll_frame(cx) {
                    Poll::Ready(Some(Ok(frame))) => {
                        self.armed = false;
                        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                        if length > self.left() {
                            self.state = State::Ended;
                            return Poll::Ready(Some(Err(
                                self.error(ErrorKind::Protocol, "more bytes came than asked for")
                            )));
                        }
                        if length > 0 {
                            self.left.start += length;
                            self.silence = None;
                            return Poll::Ready(Some(Ok(frame)));
                        }
                    }
                    Poll::Ready(Some(Err(_)) | None) => self.reopen(Instant::now()),
                    Poll::Pending => {
                        ready!(self.poll_alarm(cx));
                        self.reopen(
                            Instant::now().checked_sub(self.remote.idle).unwrap_or_else(Instant::now),
                        );
                    }
                },
            }
        }
    }

    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let at = Instant::now() + self.remote.idle;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
        if !self.armed {
            self.armed = true;
            alarm.as_mut().reset(at);
        }
        alarm.as_mut().poll(cx)
    }

    /// Leaves the connection, silent since `since`, for a new one.
    fn reopen(&mut self, since: Instant) {
        self.armed = false;
        let silence = self.silence.take().unwrap_or_else(|| Silence { since, pauses: new_pauses() });
        tracing::debug!(
            operation = OPERATION,
            at = self.left.start,
            "resuming the read over a new connection"
        );
        let (remote, key, range, version) =
            (self.remote.clone(), self.key.clone(), self.left.clone(), self.version.clone());
        self.state = State::Reopening(Box::pin(reopen(remote, key, range, version, silence)));
    }

    fn error(&self, kind: ErrorKind, message: &'static str) -> Error {
        Error::new(kind, OPERATION, message)
            .with_context("key", &self.key)
            .with_context("at byte", self.left.start)
    }
}

fn new_pauses() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(Duration::from_secs(10))
        .without_max_times()
        .with_jitter()
        .build()
}

/// Opens `range` until that works, cannot work, or the silence has lasted too long.
async fn reopen(
    remote: Arc<Remote>,
    key: String,
    range: Range<u64>,
    version: ObjectVersion,
    mut silence: Silence,
) -> (Reopened, Silence) {
    let mut last: Option<Error> = None;
    loop {
        let asked = last.as_ref().and_then(|error| error.advice().retry_after());
        let pause = silence.pauses.next().unwrap_or_default().max(asked.unwrap_or_default());
        if silence.since.elapsed() + pause > remote.stall {
            let error =
                Error::new(ErrorKind::Connection, OPERATION, "the read was cut and could not be continued")
                    .exhausted()
                    .with_context("key", &key)
                    .with_context("at byte", range.start);
            let error = match last {
                Some(last) => error.with_source(last),
                None => error,
            };
            return (Err(error), silence);
        }
        tokio::time::sleep(pause).await;
        match remote.open_range(&key, &range, &version).await {
            Ok((body, _)) => return (Ok(body), silence),
            Err(error) if error.is_retryable() => last = Some(error),
            Err(error) => return (Err(error.with_context("at byte", range.start)), silence),
        }
    }
}
