//! What fails, and when.

use super::Memory;
use crate::{Error, ErrorKind};

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
}

impl Memory {
    /// The call of `operation` after `skip` more of them meets this fault.
    pub(crate) fn fault(&self, operation: &'static str, skip: u32, fault: Fault) {
        self.world().faults.push_back((operation, skip, fault));
    }

    /// Notes the call and answers the fault it meets.
    fn meets(&self, operation: &'static str) -> Option<Fault> {
        let mut world = self.world();
        world.calls.push(operation);
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
        self.points.pass(operation).await;
        match self.meets(operation) {
            Some(Fault::Refuse(kind)) => Err(Error::new(kind, operation, "refused for now").retryable()),
            Some(Fault::Deny(kind)) => Err(Error::new(kind, operation, "refused")),
            other => Ok(other),
        }
    }

    pub(super) async fn end<T>(
        &self,
        fault: Option<Fault>,
        operation: &'static str,
        kind: ErrorKind,
        answer: T,
    ) -> Result<T, Error> {
        self.points.pass("answer").await;
        match fault {
            Some(Fault::LoseAnswer) => Err(Error::new(kind, operation, "the answer was lost").retryable()),
            _ => Ok(answer),
        }
    }
}
