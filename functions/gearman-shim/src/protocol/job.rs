//! A job, as gearmand assigns it.

use bytes::Bytes;
use std::fmt;

/// A job as gearmand assigned it. All fields are bytes: the protocol promises no text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// Gearmand's name of the job. Gearmand reuses it after each restart.
    pub handle: Bytes,
    /// The function's name.
    pub function: Bytes,
    /// The client's own id of the job, where it gave one. Never empty. `-` asks gearmand to merge jobs with equal payloads.
    pub unique: Option<Bytes>,
    /// What the client sent.
    pub payload: Bytes,
}

impl fmt::Debug for Job {
    /// Leaves the payload out, because it may hold tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}, ", self.handle.escape_ascii(), self.function.escape_ascii())?;
        match &self.unique {
            Some(unique) => write!(f, "unique {}", unique.escape_ascii())?,
            None => write!(f, "no unique id")?,
        }
        write!(f, ", {} bytes", self.payload.len())
    }
}
