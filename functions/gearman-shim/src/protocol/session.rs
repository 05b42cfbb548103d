//! One connection at work: it registers, grabs while slots are free, sleeps, answers, and leaves when drained.

use crate::{
    metrics::{GaugeGuard, Outcome},
    protocol::{
        codec::{CodecError, GearmanCodec},
        connection::Connection,
        context::WorkerContext,
        handler::{Handler, Reply},
        job::Job,
        packet::{Request, Response},
        running_job::run_job,
        writer::{QUEUE_PACKETS, write_requests},
    },
};
use futures_util::StreamExt;
use std::{io, mem, pin::pin, sync::Arc, time::Duration};
use thiserror::Error;
use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, mpsc, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use tokio_util::{codec::FramedRead, io::InspectReader};

const READ_BYTES: usize = 16 << 10;
/// After this long without a byte gearmand is asked for an echo; after twice as long the connection is given up.
const SILENCE: Duration = Duration::from_secs(20);
/// How long a worker sleeps before it grabs unasked: gearmand 1.1.20 wakes nobody for a job whose scheduled time has come. With the
/// interval of the check and the way to gearmand such a job is taken at most 15 seconds late, as the guide promises.
const MAX_SLEEP: Duration = Duration::from_secs(13);
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Why a session ended that was not drained.
#[derive(Debug, Error)]
pub(crate) enum SessionError {
    #[error(transparent)]
    Connect(#[from] io::Error),
    #[error(transparent)]
    Codec(#[from] CodecError),
    #[error("gearmand closed the connection")]
    Closed,
    #[error("gearmand has fallen silent")]
    Silent,
    #[error("gearmand accepts no more packets")]
    Stalled,
    #[error("gearmand assigned a job that was not requested")]
    UnrequestedJob,
    #[error("the writer ended")]
    WriterEnded,
}

/// At most one grab is pending, and only a job or `NO_JOB` answers it.
enum GrabState {
    /// The next free slot is used for a grab.
    Ready,
    /// A grab is pending, for this slot.
    Pending(OwnedSemaphorePermit),
    /// Gearmand sends a `NOOP` when there is a job. No slot is held: another server's jobs may need it.
    Asleep { since: Instant },
}

struct Session<'a, H> {
    context: &'a Arc<WorkerContext<H>>,
    server: &'a str,
    grab: GrabState,
    /// `None` once no new job is wanted: the writer then ends with the last running job's reply.
    outgoing: Option<mpsc::Sender<Request>>,
    /// The same queue for packets that must not keep it open.
    weak_outgoing: mpsc::WeakSender<Request>,
    /// When bytes arrived last, whether or not they completed a packet.
    last_received: watch::Receiver<Instant>,
    /// When gearmand was asked last whether it is alive.
    echo_sent: Option<Instant>,
    /// Held once gearmand has confirmed the registration.
    registration: Option<GaugeGuard>,
}

/// Works over `connection` until the worker is drained.
///
/// # Errors
/// The connection is lost or unusable. Running jobs continue; their replies are dropped.
pub(crate) async fn run<H: Handler>(
    context: &Arc<WorkerContext<H>>,
    server: &str,
    connection: Connection,
) -> Result<(), SessionError> {
    let (outgoing, queue) = mpsc::channel(QUEUE_PACKETS);
    let (received, last_received) = watch::channel(Instant::now());
    let Connection { reader, writer: sink } = connection;
    let reader = InspectReader::new(reader, move |_: &[u8]| {
        received.send_replace(Instant::now());
    });
    let codec = || GearmanCodec::new(context.config.max_payload);
    let mut responses = FramedRead::with_capacity(reader, codec(), READ_BYTES);
    // Dropping the set ends the writer, which closes the queue: that is how running jobs learn of the loss.
    let mut writer = JoinSet::new();
    writer.spawn(write_requests(queue, sink, codec()));
    let mut session = Session {
        context,
        server,
        grab: GrabState::Ready,
        weak_outgoing: outgoing.downgrade(),
        outgoing: Some(outgoing),
        last_received,
        echo_sent: None,
        registration: None,
    };
    session.register().await?;
    let mut tick = interval(CHECK_INTERVAL);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut drained = pin!(context.drain.cancelled());
    let mut draining = false;
    loop {
        if draining && !matches!(session.grab, GrabState::Pending(_)) {
            session.outgoing = None;
        }
        // A gearmand that has not confirmed the registration may never answer: it would keep a slot from the others.
        let may_grab =
            !draining && session.registration.is_some() && matches!(session.grab, GrabState::Ready);
        tokio::select! {
            // Gearmand closes a connection whose writer has ended in order, so the writer's end is looked at before that. Responses
            // come before a new grab, which they do not answer, and before the check of how long gearmand has been silent.
            biased;
            ended = writer.join_next() => return match ended {
                Some(Ok(Err(error))) => Err(error.into()),
                Some(Ok(Ok(()))) if draining => Ok(()),
                _ => Err(SessionError::WriterEnded),
            },
            () = &mut drained, if !draining => draining = true,
            response = responses.next() => {
                session.handle_response(response.ok_or(SessionError::Closed)??).await?;
            }
            slot = acquire_slot(context), if may_grab => {
                // A drain that began meanwhile wins.
                if let (Ok(slot), false) = (slot, context.drain.is_cancelled()) {
                    session.grab_job(slot).await?;
                }
            }
            now = tick.tick() => session.check_liveness(now).await?,
        }
    }
}

/// Acquires a slot for a job, once the handler can run one. What a handler cannot run now stays in gearmand's queue, for others.
async fn acquire_slot<H: Handler>(context: &WorkerContext<H>) -> Result<OwnedSemaphorePermit, AcquireError> {
    let slot = context.slots.clone().acquire_owned().await;
    context.handler.wait_until_ready().await;
    slot
}

impl<H: Handler> Session<'_, H> {
    /// Gearmand does not answer a registration: the response to the echo sent after it shows that it was accepted.
    async fn register(&self) -> Result<(), SessionError> {
        let config = &self.context.config;
        self.send(Request::SetClientId(config.client_id.clone())).await?;
        self.send(Request::CanDo(config.function.clone())).await?;
        self.send(Request::Echo("registered")).await
    }

    async fn grab_job(&mut self, slot: OwnedSemaphorePermit) -> Result<(), SessionError> {
        self.grab = GrabState::Pending(slot);
        self.send(Request::GrabJob).await
    }

    async fn handle_response(&mut self, response: Response) -> Result<(), SessionError> {
        match response {
            Response::Echo if self.registration.is_none() => {
                tracing::info!(server = self.server, function = self.context.config.function, "registered");
                self.registration = Some(self.context.metrics.track_registration());
            }
            Response::Echo => {}
            Response::Noop => {
                if matches!(self.grab, GrabState::Asleep { .. }) {
                    self.grab = GrabState::Ready;
                }
            }
            Response::NoJob => {
                if matches!(self.grab, GrabState::Pending(_)) {
                    self.grab = GrabState::Asleep { since: Instant::now() };
                    self.send(Request::PreSleep).await?;
                }
            }
            Response::Error(error) => {
                // It concerns an earlier packet, for instance the reply to a cancelled job: never the pending grab.
                tracing::warn!(server = self.server, error, "gearmand reports an error");
                self.context.metrics.count_server_error();
            }
            Response::Job(job) => {
                let slot = self.take_slot()?;
                if job.function == self.context.config.function.as_bytes() {
                    self.start_job(job, slot);
                } else {
                    self.reject_job(job, Reply::fail(Outcome::Refused)).await?;
                }
            }
            Response::OversizedJob { job, size } => {
                // The slot stays taken until the job is answered.
                let _slot = self.take_slot()?;
                tracing::warn!(server = self.server, ?job, size, "refused a payload that is too large");
                let reply = self.context.handler.too_large(&job, size);
                self.reject_job(job, reply).await?;
            }
        }
        Ok(())
    }

    /// Takes the slot of the pending grab that a job answers.
    fn take_slot(&mut self) -> Result<OwnedSemaphorePermit, SessionError> {
        match mem::replace(&mut self.grab, GrabState::Ready) {
            GrabState::Pending(slot) => {
                if self.context.config.once {
                    self.context.drain.cancel();
                }
                Ok(slot)
            }
            _ => Err(SessionError::UnrequestedJob),
        }
    }

    fn start_job(&self, job: Job, slot: OwnedSemaphorePermit) {
        // The queue is open while a grab is pending.
        if let Some(outgoing) = self.outgoing.clone() {
            tokio::spawn(run_job(self.context.clone(), job, outgoing, slot));
        }
    }

    async fn reject_job(&self, job: Job, reply: Reply) -> Result<(), SessionError> {
        self.context.metrics.record_job(reply.outcome, Duration::ZERO);
        self.send(reply.into_request(job.handle)).await
    }

    /// Runs once a second: asks a silent gearmand for an echo, gives up a dead one, and wakes a sleeping worker.
    async fn check_liveness(&mut self, now: Instant) -> Result<(), SessionError> {
        let last_received = *self.last_received.borrow();
        let silent = now.duration_since(last_received);
        if silent >= SILENCE * 2 {
            return Err(SessionError::Silent);
        }
        if silent >= SILENCE && self.echo_sent.is_none_or(|sent| sent <= last_received) {
            self.echo_sent = Some(now);
            self.send(Request::Echo("alive")).await?;
        }
        if matches!(self.grab, GrabState::Asleep { since } if now.duration_since(since) >= MAX_SLEEP) {
            self.grab = GrabState::Ready;
        }
        Ok(())
    }

    async fn send(&self, request: Request) -> Result<(), SessionError> {
        let Some(queue) = self.weak_outgoing.upgrade() else { return Ok(()) };
        match timeout(SILENCE, queue.send(request)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(SessionError::Stalled),
        }
    }
}

#[cfg(test)]
mod tests;
