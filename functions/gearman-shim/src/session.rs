//! What goes on over one line: registering, grabbing while slots are free, sleeping, answering, leaving.

use crate::{
    codec::{
        CAN_DO, Decoder, ECHO_REQ, Frame, GRAB_JOB_UNIQ, PRE_SLEEP, SET_CLIENT_ID, WORK_COMPLETE, WORK_FAIL,
        malformed, packet,
    },
    connection::Line,
    job::{Handler, Job, Progress, Reply},
    metrics::{Held, Outcome},
    worker::Shared,
};
use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use std::{io, mem, panic::AssertUnwindSafe, pin::pin, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::{OwnedSemaphorePermit, mpsc},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, timeout},
};

/// Packets that wait to be written.
const QUEUE: usize = 256;
const READ: usize = 16 << 10;
/// After this long without a byte gearmand is asked for a sign of life; after twice as long the line is given up.
pub(crate) const SILENCE: Duration = Duration::from_secs(20);
/// How often a sleeping worker asks by itself: gearmand 1.1.20 wakes nobody for a job whose time has come.
pub(crate) const ASK_AGAIN: Duration = Duration::from_secs(15);
const TICK: Duration = Duration::from_secs(1);

/// How it stands with grabbing. At most one grab is under way, and only a job or the word that there is none answers it.
enum State {
    Awake,
    /// A grab is under way, for this slot.
    Pending(OwnedSemaphorePermit),
    /// Gearmand will say when there is a job. No slot is held: another server's jobs may need it.
    Asleep(Instant),
}

struct Session<'a, H> {
    shared: &'a Arc<Shared<H>>,
    server: &'a str,
    state: State,
    /// `None` from the moment when nothing new is wanted: the writer ends with the last running job's answer.
    outgoing: Option<mpsc::Sender<Bytes>>,
    /// The same queue for signs of life, which must not keep it open.
    signs: mpsc::WeakSender<Bytes>,
    heard: Instant,
    asked_for_life: bool,
    /// Held once gearmand has taken the registration in.
    registered: Option<Held>,
}

/// Works over `line` until the worker is drained.
///
/// # Errors
/// The line is lost or of no use any more. Jobs that run go on; their answers go nowhere.
pub(crate) async fn run<H: Handler>(shared: &Arc<Shared<H>>, server: &str, line: Line) -> io::Result<()> {
    let (outgoing, queue) = mpsc::channel(QUEUE);
    let Line { mut reader, writer: half } = line;
    // Dropped, it ends the writer, which closes the queue: that is how running jobs learn of the loss.
    let mut writer = JoinSet::new();
    writer.spawn(write(queue, half));
    let signs = outgoing.downgrade();
    let mut session = Session {
        shared,
        server,
        state: State::Awake,
        outgoing: Some(outgoing),
        signs,
        heard: Instant::now(),
        asked_for_life: false,
        registered: None,
    };
    session.register().await?;
    let (mut decoder, mut input) = (Decoder::new(shared.config.max_payload), BytesMut::new());
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut drained = pin!(shared.drain.begun());
    let mut draining = false;
    loop {
        if draining && !matches!(session.state, State::Pending(_)) {
            session.outgoing = None;
        }
        // Who has answered nothing yet may never do: a slot that waits for him would be lost to the others.
        let grabs = !draining && session.registered.is_some() && matches!(session.state, State::Awake);
        input.reserve(READ);
        tokio::select! {
            // Gearmand closes a line that was ended in order: the end comes before that, whatever is heard comes before its age.
            biased;
            ended = writer.join_next() => return match ended {
                Some(Ok(Err(error))) => Err(error),
                Some(Ok(Ok(()))) if draining => Ok(()),
                _ => Err(io::Error::other("the writer ended")),
            },
            () = &mut drained, if !draining => draining = true,
            permit = shared.slots.clone().acquire_owned(), if grabs => {
                // A drain that began meanwhile wins.
                if let (Ok(permit), false) = (permit, shared.drain.has_begun()) {
                    session.grab(permit).await?;
                }
            }
            read = reader.read_buf(&mut input) => {
                if read? == 0 {
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "gearmand closed the connection"));
                }
                session.heard = Instant::now();
                session.asked_for_life = false;
                while let Some(frame) = decoder.decode(&mut input)? {
                    session.take(frame).await?;
                }
            }
            now = tick.tick() => session.look(now).await?,
        }
    }
}

impl<H: Handler> Session<'_, H> {
    /// Gearmand answers no registration: the echo behind it tells that it was taken in.
    async fn register(&self) -> io::Result<()> {
        let config = &self.shared.config;
        self.send(packet(SET_CLIENT_ID, &[config.client_id.as_bytes()])).await?;
        self.send(packet(CAN_DO, &[config.function.as_bytes()])).await?;
        self.send(packet(ECHO_REQ, &[b"registered"])).await
    }

    async fn grab(&mut self, permit: OwnedSemaphorePermit) -> io::Result<()> {
        self.state = State::Pending(permit);
        self.send(packet(GRAB_JOB_UNIQ, &[])).await
    }

    async fn take(&mut self, frame: Frame) -> io::Result<()> {
        match frame {
            Frame::Echo if self.registered.is_none() => {
                tracing::info!(server = self.server, function = self.shared.config.function, "registered");
                self.registered = Some(self.shared.metrics.registered());
            }
            Frame::Echo => {}
            Frame::Noop => {
                if matches!(self.state, State::Asleep(_)) {
                    self.state = State::Awake;
                }
            }
            Frame::NoJob => {
                if matches!(self.state, State::Pending(_)) {
                    self.state = State::Asleep(Instant::now());
                    self.send(packet(PRE_SLEEP, &[])).await?;
                }
            }
            Frame::Error(error) => {
                // It is about an earlier packet, for instance the answer to a job that was cancelled: never about the grab under way.
                tracing::warn!(server = self.server, error, "gearmand reports an error");
                self.shared.metrics.error();
            }
            Frame::Job(job) => {
                let permit = self.granted()?;
                if job.function == self.shared.config.function.as_bytes() {
                    self.start(job, permit);
                } else {
                    self.answer(&job, Reply { outcome: Outcome::Refused, complete: None }).await?;
                }
            }
            Frame::TooLarge(job, size) => {
                // Until it is answered the slot is taken.
                let _permit = self.granted()?;
                tracing::warn!(server = self.server, ?job, size, "refused a payload that is too large");
                self.answer(&job, self.shared.handler.too_large(&job, size)).await?;
            }
        }
        Ok(())
    }

    /// The slot of the grab that a job answers.
    fn granted(&mut self) -> io::Result<OwnedSemaphorePermit> {
        match mem::replace(&mut self.state, State::Awake) {
            State::Pending(permit) => {
                if self.shared.config.once {
                    self.shared.drain.begin();
                }
                Ok(permit)
            }
            _ => Err(malformed("a job that nobody asked for")),
        }
    }

    fn start(&self, job: Job, permit: OwnedSemaphorePermit) {
        // While a grab is under way the queue is open.
        if let Some(outgoing) = self.outgoing.clone() {
            tokio::spawn(carry_out(self.shared.clone(), job, outgoing, permit));
        }
    }

    async fn answer(&self, job: &Job, reply: Reply) -> io::Result<()> {
        self.shared.metrics.ended(reply.outcome, Duration::ZERO);
        self.send(last_packet(&job.handle, reply)).await
    }

    /// Looks after the line once a second.
    async fn look(&mut self, now: Instant) -> io::Result<()> {
        let silent = now.duration_since(self.heard);
        if silent >= SILENCE * 2 {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "gearmand has fallen silent"));
        }
        if silent >= SILENCE && !self.asked_for_life {
            self.asked_for_life = true;
            self.send(packet(ECHO_REQ, &[b"alive"])).await?;
        }
        if matches!(self.state, State::Asleep(since) if now.duration_since(since) >= ASK_AGAIN) {
            self.state = State::Awake;
        }
        Ok(())
    }

    async fn send(&self, packet: Bytes) -> io::Result<()> {
        let Some(queue) = self.signs.upgrade() else { return Ok(()) };
        match timeout(SILENCE, queue.send(packet)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::Error::new(io::ErrorKind::TimedOut, "gearmand takes nothing any more")),
        }
    }
}

/// Runs one job to its end, whatever becomes of the line. The slot stays taken meanwhile: the function still works on the job.
async fn carry_out<H: Handler>(
    shared: Arc<Shared<H>>,
    job: Job,
    outgoing: mpsc::Sender<Bytes>,
    permit: OwnedSemaphorePermit,
) {
    let (_running, begun) = (shared.metrics.runs(), Instant::now());
    let handle = job.handle.clone();
    let reply = {
        let progress = Progress::new(handle.clone(), outgoing.clone());
        let work = AssertUnwindSafe(shared.handler.handle(job, &progress));
        work.catch_unwind().await.unwrap_or(Reply { outcome: Outcome::Panicked, complete: None })
    };
    let outcome = reply.outcome;
    let told = outgoing.send(last_packet(&handle, reply)).await;
    if told.is_err() {
        tracing::warn!(handle = %handle.escape_ascii(), "the line is gone: the answer is dropped, the job comes again");
    }
    shared.metrics.ended(if told.is_ok() { outcome } else { Outcome::Lost }, begun.elapsed());
    drop(permit);
}

fn last_packet(handle: &Bytes, reply: Reply) -> Bytes {
    match reply.complete {
        Some(text) => packet(WORK_COMPLETE, &[handle, &text]),
        None => packet(WORK_FAIL, &[handle]),
    }
}

/// Writes what waits in one go, until nobody can send any more; then closes the line.
async fn write(mut queue: mpsc::Receiver<Bytes>, mut line: impl AsyncWrite + Unpin) -> io::Result<()> {
    let (mut waiting, mut batch) = (Vec::new(), BytesMut::new());
    while queue.recv_many(&mut waiting, QUEUE).await > 0 {
        for packet in waiting.drain(..) {
            batch.extend_from_slice(&packet);
        }
        line.write_all(&batch).await?;
        line.flush().await?;
        batch.clear();
    }
    line.shutdown().await
}

#[cfg(test)]
mod tests;
