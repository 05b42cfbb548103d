//! Steps: entries that are written once and never changed.

use super::{
    change::{Scheduling, Update},
    codec::VERSION,
    failure::Failure,
    seal::Sealed,
};
use crate::{Md5, Plan, PreflightReport, TraceContext, VideoEvent};
use crate::{ledger::request::StoredRequest, model::timestamp::Timestamp};
use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// One entry of an upload's ledger: a step, and who took it when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Version of the format.
    pub(super) v: u32,
    /// When it was taken, by the store's clock as the holder knew it; for people.
    pub at: Timestamp,
    /// Epoch of the holder that took this step (1 = first holder); for `cancelled`: the epoch that the canceller
    /// read.
    pub epoch: u32,
    /// Who took it: random for each attempt and each canceller.
    pub(super) holder: String,
    /// Distinguishes this append from every other.
    pub(super) nonce: String,
    /// The step.
    pub step: Step,
    /// What this holder's preflight found, with its first step after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preflight: Option<Box<PreflightReport>>,
    /// With `claimed`: the trace that asked for this holder's run, where the chain did not end in it already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<TraceContext>,
    /// Its number in the chain, from 1 on, taken from the key.
    #[serde(skip)]
    pub sequence: u32,
}

impl Entry {
    /// Creates a step that `holder` takes at a time by the store's clock.
    pub(super) fn new(at: SystemTime, epoch: u32, holder: &str, step: Step) -> Self {
        let (holder, nonce) = (holder.to_owned(), super::codec::random_nonce());
        Self {
            v: VERSION,
            at: at.into(),
            epoch,
            holder,
            nonce,
            step,
            preflight: None,
            traceparent: None,
            sequence: 0,
        }
    }
}

/// What happened to an upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// A holder claimed the upload: the first with what it is about, every later one without.
    Claimed {
        /// What it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<Box<StoredRequest>>,
    },
    /// A session was opened at Youku.
    Created(Box<Session>),
    /// All bytes are stored and passed the checks before commit.
    Transferred(Transferred),
    /// It is a video.
    Committed {
        /// The video's id, if Youku returned it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        video_id: Option<String>,
    },
    /// A message to the callback was accepted, refused for good or given up.
    Notified {
        /// The receiver's status, such as `200`, or why it was given up.
        code: String,
        /// What the message was about; absent: the outcome.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event: Option<VideoEvent>,
    },
    /// It ended without a video.
    Failed(Failure),
    /// A person cancelled it.
    Cancelled,
    /// A failed or cancelled upload runs again.
    Reopened(Reopening),
    /// It waits until it is resumed.
    Waiting(Waiting),
    /// Its video was changed, or Youku refused to change it.
    Updated(Box<Update>),
    /// The hour at which its video is made public was set, changed or given up.
    Scheduled(Box<Scheduling>),
}

/// A session at Youku.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Names the session in every later call.
    pub upload_token: Sealed,
    /// The video's id, if Youku returns it this early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_id: Option<String>,
    /// MD5 of the object, as stated to Youku; absent in a session of the web form, which rests on `crc64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<Md5>,
    /// CRC-64/XZ of the object, if known before the bytes are transferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64: Option<u64>,
    /// Where the bytes go.
    pub target: Target,
}

impl Session {
    /// The settings of the [shorter ways](crate::Shortcuts) that the session takes.
    pub(crate) fn shortcut_settings(&self) -> Vec<&'static str> {
        let ways = [(self.md5.is_none(), "youku.md5"), (self.target.is_single_put(), "youku.single_put")];
        ways.into_iter().filter(|(taken, _)| *taken).map(|(_, setting)| setting).collect()
    }
}

/// Where the bytes of a session go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// An object in Youku's bucket.
    Oss {
        /// The bucket's endpoint.
        endpoint: String,
        /// The bucket.
        bucket: String,
        /// The object's key in it.
        object: String,
        /// OSS's id of the multipart upload; absent where one PutObject sends the object.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        multipart_id: Option<String>,
        /// How the object is split into parts.
        plan: Plan,
    },
    /// Youku's upload server.
    Slice {
        /// The server: all calls of the session use one address.
        upload_server: String,
        /// KiB of a slice.
        slice_kib: u32,
        /// Youku has these bytes already: nothing is transferred.
        already_stored: bool,
    },
}

impl Target {
    /// Whether one PutObject sends the object.
    pub(crate) fn is_single_put(&self) -> bool {
        matches!(self, Self::Oss { multipart_id: None, .. })
    }
}

/// What is known once all bytes are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transferred {
    /// Required by commit in slice mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_ip: Option<String>,
    /// CRC-64/XZ of the stored bytes, in OSS mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64: Option<u64>,
}

/// How an upload is reopened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reopening {
    /// A person has looked and states that Youku holds no video of it: it starts again, with another session.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new_session: bool,
    /// Nobody asked: the object is back, exactly the version that the upload is about.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returned: bool,
    /// The caller turned the preflight off: from here on the object is not inspected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub preflight_off: bool,
}

/// Why, and how long, an upload waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// Why.
    pub reason: WaitReason,
    /// Earliest time the upload may be resumed (store clock).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

/// Why an upload waits.
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
    /// The account's access token is refused and cannot be refreshed: the settings need new tokens.
    Reauthorize,
    /// The token that the task brought has expired: the caller must bring another.
    CallerTokenGone,
    /// Youku refused the commit because the bytes have another hash than was stated. The session is never
    /// committed: the object is measured, and another session is opened if that shows another MD5.
    Hash,
    /// Youku states that the session is over, and does not show yet whether a commit succeeded.
    CommitUnknown,
    /// The source refused a call without a reason that explains it: a second run must meet the same refusal.
    SourceRefused,
    /// Youku's bucket or upload server refused a call likewise.
    TargetRefused,
}

impl WaitReason {
    /// Whether a person must do something before the upload goes on.
    #[must_use]
    pub fn needs_person(self) -> bool {
        match self {
            Self::Unauthorized | Self::ClientRefused | Self::Reauthorize | Self::CallerTokenGone => true,
            Self::RateLimited
            | Self::Deadline
            | Self::Hash
            | Self::CommitUnknown
            | Self::SourceRefused
            | Self::TargetRefused => false,
        }
    }

    /// The reason's word in entries.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::Deadline => "deadline",
            Self::Unauthorized => "unauthorized",
            Self::ClientRefused => "client_refused",
            Self::Reauthorize => "reauthorize",
            Self::CallerTokenGone => "caller_token_gone",
            Self::Hash => "hash",
            Self::CommitUnknown => "commit_unknown",
            Self::SourceRefused => "source_refused",
            Self::TargetRefused => "target_refused",
        }
    }
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
    Updated,
    Scheduled,
}

impl Step {
    /// The code of an event that the callback does not receive: it asked for another one only.
    pub(crate) const NOT_ASKED: &str = "not_asked";
    /// The code of an event that Youku has not decided in time.
    pub(crate) const UNDECIDED: &str = "undecided";

    /// Whether it says that the callback ended without having accepted the message.
    #[must_use]
    pub fn is_callback_failed(&self) -> bool {
        matches!(self, Self::Notified { code, .. } if Self::is_failure(code))
    }

    /// Whether the code of a `notified` step says so.
    pub(super) fn is_failure(code: &str) -> bool {
        !code.starts_with('2') && ![Self::NOT_ASKED, Self::UNDECIDED].contains(&code)
    }

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
            Self::Updated(_) => StepKind::Updated,
            Self::Scheduled(_) => StepKind::Scheduled,
        }
    }
}

impl StepKind {
    /// The step's word in entries and explanations.
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
            Self::Updated => "updated",
            Self::Scheduled => "scheduled",
        }
    }
}
