//! What fails, and when.

use super::{Memory, number};
use crate::{Error, ErrorKind, RetryAdvice};
use secrecy::SecretString;
use std::time::Duration;
use tokio::time::{Instant, sleep};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Refused with this kind, retryable, nothing done.
    Refuse(ErrorKind),
    /// Refused with this kind for good, nothing done.
    Deny(ErrorKind),
    /// Done, and the answer lost.
    LoseAnswer,
    /// The body ends early (read), or one of its bits flips (read, put).
    Cut,
    Flip,
    /// The credentials run out while the body streams (put).
    Expire,
}

/// How many calls Youku takes in an hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallLimit {
    pub(crate) an_hour: u32,
    begun: Instant,
    hour: u64,
    in_this_hour: u32,
    pub(crate) taken: u32,
    pub(crate) refused: u32,
}

impl CallLimit {
    pub(crate) fn of(an_hour: u32) -> Self {
        Self { an_hour, begun: Instant::now(), hour: 0, in_this_hour: 0, taken: 0, refused: 0 }
    }

    fn takes(&mut self) -> bool {
        let hour = self.begun.elapsed().as_secs() / 3600;
        if hour > self.hour {
            (self.hour, self.in_this_hour) = (hour, 0);
        }
        let takes = self.in_this_hour < self.an_hour;
        if takes {
            self.in_this_hour += 1;
            self.taken += 1;
        } else {
            self.refused += 1;
        }
        takes
    }
}

fn rate_limited(operation: &'static str) -> Error {
    // As the client reports a refusal that names no time.
    let advice = RetryAdvice::Retry { retry_after: Some(Duration::from_secs(60)) };
    Error::new(ErrorKind::RateLimited, operation, "too many calls").with_advice(advice)
}

impl super::World {
    /// From here on nothing fails.
    pub(crate) fn clear_faults(&mut self) {
        self.faults.clear();
    }
}

impl Memory {
    /// The call of `operation` after `skip` more of them meets this fault.
    pub(crate) fn fault(&self, operation: &'static str, skip: u32, fault: Fault) {
        self.world().faults.push_back((operation, skip, fault));
    }

    /// Records the call. Returns the fault that it meets.
    fn meets(&self, operation: &'static str) -> Option<Fault> {
        let mut world = self.world();
        world.calls.push(operation);
        let number = Some(world.calls.len());
        let (over, stale) = (world.sessions_end_at == number, world.credentials_end_at == number);
        for session in &mut world.sessions {
            session.dead |= over;
            if stale {
                session.expired = session.generation + 1;
            }
        }
        let due = world.faults.iter().position(|(name, skip, _)| *name == operation && *skip == 0);
        if due.is_none() {
            world
                .faults
                .iter_mut()
                .filter(|(name, ..)| *name == operation)
                .for_each(|(_, skip, _)| *skip -= 1);
        }
        due.and_then(|at| world.faults.remove(at)).map(|(.., fault)| fault)
    }

    pub(super) async fn begin(&self, operation: &'static str) -> Result<Option<Fault>, Error> {
        self.crash_points.pass(operation).await;
        let takes = self.world().takes.get(operation).copied();
        if let Some(takes) = takes {
            sleep(takes).await;
        }
        match self.meets(operation) {
            Some(Fault::Refuse(ErrorKind::RateLimited)) => Err(rate_limited(operation)),
            Some(Fault::Refuse(kind)) => Err(Error::new(kind, operation, "refused for now").retryable()),
            Some(Fault::Deny(kind)) => Err(Error::new(kind, operation, "refused")),
            other => Ok(other),
        }
    }

    /// A call of Youku's API, which takes a limited number an hour.
    pub(super) async fn begin_api(&self, operation: &'static str) -> Result<Option<Fault>, Error> {
        let fault = self.begin(operation).await?;
        let taken = self.world().limit.as_mut().is_none_or(CallLimit::takes);
        if taken { Ok(fault) } else { Err(rate_limited(operation)) }
    }

    /// What a call in a session comes to: a session that is said to be over is over.
    pub(super) fn in_session(
        &self,
        token: &SecretString,
        operation: &'static str,
        begun: Result<Option<Fault>, Error>,
    ) -> Result<Option<Fault>, Error> {
        let session = &mut self.world().sessions[number(token)];
        session.dead |= matches!(&begun, Err(error) if error.kind() == ErrorKind::SessionOver);
        if session.dead {
            return Err(Error::new(ErrorKind::SessionOver, operation, "the session is over"));
        }
        begun
    }

    pub(super) async fn end<T>(
        &self,
        fault: Option<Fault>,
        operation: &'static str,
        kind: ErrorKind,
        answer: T,
    ) -> Result<T, Error> {
        self.crash_points.pass("answer").await;
        match fault {
            Some(Fault::LoseAnswer) => Err(Error::new(kind, operation, "the answer was lost").retryable()),
            _ => Ok(answer),
        }
    }
}
