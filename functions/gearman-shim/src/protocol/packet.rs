//! The packets that a worker exchanges with gearmand, as typed values.

use crate::protocol::job::Job;
use bytes::Bytes;

/// The numbers of packet types, from gearmand's PROTOCOL file.
pub(crate) mod packet_type {
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
}

/// A packet to gearmand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// Names this worker in gearmand's list of workers.
    SetClientId(String),
    /// Offers a function.
    CanDo(String),
    /// Asks for the same bytes back.
    Echo(&'static str),
    /// Asks for a job, with its unique id.
    GrabJob,
    /// Asks for a [`Response::Noop`] once there is a job.
    PreSleep,
    /// Reports that `numerator` of `denominator` are done.
    WorkStatus { handle: Bytes, numerator: u64, denominator: u64 },
    /// Ends a job with a result.
    WorkComplete { handle: Bytes, result: Bytes },
    /// Ends a job without a result.
    WorkFail { handle: Bytes },
}

/// A packet from gearmand.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Response {
    /// A job may be grabbed.
    Noop,
    /// No job may be grabbed.
    NoJob,
    /// The response to a [`Request::Echo`].
    Echo,
    /// A job.
    Job(Job),
    /// A job whose payload, of `size` bytes, was skipped unread.
    OversizedJob { job: Job, size: u64 },
    /// Gearmand rejects an earlier packet; the text is gearmand's.
    Error(String),
}
