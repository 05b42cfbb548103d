//! Steps: what is written once and never changed.

use super::{codec::VERSION, seal::Sealed};
use crate::ledger::{request::StoredRequest, timestamp::Timestamp};
use crate::{Md5, Plan, VideoEvent};
use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// One entry of an upload's ledger: a step, and who took it when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The format's version.
    pub(super) v: u32,
    /// When, by the store's clock as the holder knew it; for people.
    pub at: Timestamp,
    /// Epoch of the holder that took this step (1 = first holder); of a `cancelled`: the epoch that the canceller read.
    pub epoch: u32,
    /// Who took it: random for each attempt and each canceller.
    pub(super) holder: String,
    /// Tells this append from every other.
    pub(super) nonce: String,
    /// The step.
    pub step: Step,
    /// Its number in the chain, from 1 on: the key says it.
    #[serde(skip)]
    pub sequence: u32,
}

impl Entry {
    /// A step that `holder` takes at a time by the store's clock.
    pub(super) fn new(at: SystemTime, epoch: u32, holder: &str, step: Step) -> Self {
        let (holder, nonce) = (holder.to_owned(), super::codec::nonce());
        Self { v: VERSION, at: at.into(), epoch, holder, nonce, step, sequence: 0 }
    }
}

/// What happened to an upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// A holder took the upload: the first with what it is about, every later one without.
    Claimed {
        /// What it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<Box<StoredRequest>>,
    },
    /// A session was opened at Youku.
    Created(Box<Session>),
    /// All bytes have landed and passed the commit gate.
    Transferred(Transferred),
    /// It is a video.
    Committed {
        /// The video's id, where Youku told it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        video_id: Option<String>,
    },
    /// A message to the callback was accepted, refused for good or given up.
    Notified {
        /// What it was answered, such as `200`, or why it was given up.
        code: String,
        /// What the message was about; absent: the outcome.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event: Option<VideoEvent>,
    },
    /// It ended without a video.
    Failed(Failure),
    /// A person gave it up.
    Cancelled,
    /// A failed or cancelled upload is tried again.
    Reopened(Reopening),
    /// It rests until it is taken up again.
    Waiting(Waiting),
}

/// A session at Youku.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Names the session in every later call.
    pub upload_token: Sealed,
    /// The video's id, where Youku tells it this early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_id: Option<String>,
    /// MD5 of the object, as Youku was told.
    pub md5: Md5,
    /// CRC-64/XZ of the object, where it is known before the bytes move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64: Option<u64>,
    /// Where the bytes go.
    pub target: Target,
}

/// Where the bytes of a session go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// A multipart upload into Youku's bucket.
    Oss {
        /// The bucket's endpoint.
        endpoint: String,
        /// The bucket.
        bucket: String,
        /// The object's key in it.
        object: String,
        /// OSS's id of the multipart upload.
        multipart_id: String,
        /// How the object is cut into parts.
        plan: Plan,
    },
    /// Youku's upload server.
    Slice {
        /// The server: all calls of the session go to one address.
        upload_server: String,
        /// KiB of a slice.
        slice_kib: u32,
        /// Youku holds these bytes already: there is nothing to move.
        already_stored: bool,
    },
}

/// What is known once all bytes have landed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transferred {
    /// What commit wants to hear in slice mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_ip: Option<String>,
    /// CRC-64/XZ of what landed, in OSS mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64: Option<u64>,
}

/// Why an upload ended without a video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// The stable code of the error's kind.
    pub code: String,
    /// One line for people.
    pub text: String,
    /// What a person can do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// How an upload is tried again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reopening {
    /// A person has looked and says that Youku holds no video of it: it begins anew, with another session.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new_session: bool,
    /// Nobody's word: the object is back, exactly the version that the upload is about (design: reopening).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returned: bool,
}

/// Why, and how long, an upload rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// Why.
    pub reason: WaitReason,
    /// Nobody takes it up before, by the store's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

/// Why an upload rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// Youku takes no more calls for now.
    RateLimited,
    /// The run's time was over.
    Deadline,
    /// Youku refuses the account's access token.
    Unauthorized,
    /// Youku does not know the account's client id: the settings need another.
    ClientRefused,
    /// The account's access token is refused and cannot be renewed: the settings need new tokens.
    Reauthorize,
    /// The token that the task brought has run out: the caller must bring another.
    CallerTokenGone,
    /// Youku refused the commit because the bytes have another hash than was stated. The session is never committed: the object is
    /// measured, and another session opened where that shows another MD5.
    Hash,
    /// Youku answers that the session is over, and does not show yet whether a commit had gone through.
    CommitUnknown,
    /// The source refused a call without a reason that explains it: a second run must meet the same.
    SourceRefused,
    /// Youku's bucket or upload server did so.
    TargetRefused,
}

/// The name of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of Step")]
pub enum StepKind {
    Claimed,
    Created,
    Transferred,
    Committed,
    Notified,
    Failed,
    Cancelled,
    Reopened,
    Waiting,
}

impl Step {
    /// Its name.
    #[must_use]
    pub fn kind(&self) -> StepKind {
        match self {
            Self::Claimed { .. } => StepKind::Claimed,
            Self::Created(_) => StepKind::Created,
            Self::Transferred(_) => StepKind::Transferred,
            Self::Committed { .. } => StepKind::Committed,
            Self::Notified { .. } => StepKind::Notified,
            Self::Failed(_) => StepKind::Failed,
            Self::Cancelled => StepKind::Cancelled,
            Self::Reopened(_) => StepKind::Reopened,
            Self::Waiting(_) => StepKind::Waiting,
        }
    }
}

impl StepKind {
    /// The word for it in entries and explanations.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Created => "created",
            Self::Transferred => "transferred",
            Self::Committed => "committed",
            Self::Notified => "notified",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Reopened => "reopened",
            Self::Waiting => "waiting",
        }
    }
}
