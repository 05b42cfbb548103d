//! The schema of a fault rule.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// Names a rule until it is cleared; unique within one server.
pub type RuleId = u64;

/// When to act, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The server's word for the operation, or `*` for any.
    pub operation: String,
    /// Must occur in `path?query` as received.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub matching: Option<String>,
    /// How many matching requests pass before the rule acts.
    #[serde(default)]
    pub skip: u64,
    /// How many requests the rule acts on; 0 = without end.
    #[serde(default = "once")]
    pub times: u64,
    /// Acts on this share (0 to 1) of the matching requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Makes the choice of `probability` repeatable.
    #[serde(default)]
    pub seed: u64,
    /// What happens.
    pub fault: Fault,
}

fn once() -> u64 {
    1
}

impl Rule {
    /// Acts on the next request of that operation, once.
    pub fn new(operation: impl Into<String>, fault: Fault) -> Self {
        Self {
            operation: operation.into(),
            matching: None,
            skip: 0,
            times: 1,
            probability: None,
            seed: 0,
            fault,
        }
    }

    /// Only requests with this text in `path?query`.
    pub fn matching(mut self, text: impl Into<String>) -> Self {
        self.matching = Some(text.into());
        self
    }

    /// Passes this many matching requests first.
    pub fn skip(mut self, requests: u64) -> Self {
        self.skip = requests;
        self
    }

    /// Acts on this many requests; 0 = without end.
    pub fn times(mut self, requests: u64) -> Self {
        self.times = requests;
        self
    }

    /// Acts on this share (0 to 1) of the matching requests, chosen by the seed.
    pub fn probability(mut self, share: f64, seed: u64) -> Self {
        self.probability = Some(share);
        self.seed = seed;
        self
    }
}

/// What happens to a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Refused in the server's own format instead of working.
    Status {
        /// The HTTP status.
        #[serde(with = "status_code")]
        status: StatusCode,
        /// The error code; absent = the server's choice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// More answer headers.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
        /// Answers before the request body is read, and closes.
        #[serde(default)]
        early: bool,
    },
    /// An HTML page from something between the caller and the server, which never sees the request; it
    /// carries nothing of the server's own.
    Page {
        /// The HTTP status.
        #[serde(with = "status_code")]
        status: StatusCode,
    },
    /// An answer without a body, by a server that never did the work.
    Empty {
        /// The HTTP status.
        #[serde(with = "status_code")]
        status: StatusCode,
    },
    /// Answers as if the request had asked for no range.
    IgnoreRange,
    /// TCP reset instead of an answer.
    Reset {
        /// Bytes of the request body read first; absent = all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u64>,
    },
    /// Drops the connection in the middle of the answer's body; a body no longer than `after` arrives whole.
    CutResponse {
        /// Body bytes sent first.
        after: u64,
    },
    /// Flips the lowest bit of one byte of the answer's body.
    FlipResponse {
        /// The byte's offset.
        at: u64,
    },
    /// Flips the lowest bit of one byte of the request's body before the server sees it.
    FlipRequest {
        /// The byte's offset.
        at: u64,
    },
    /// Does the work, then drops the connection without an answer.
    DropAnswer,
    /// Does the work, answers when released.
    Hold,
    /// Does the work when released.
    HoldBefore,
    /// Stops in the middle of the answer's body until released.
    Stall {
        /// Body bytes sent first.
        after: u64,
    },
    /// Makes the request's credential or token stale, then handles the request as usual.
    Expire,
}

impl Fault {
    /// A refusal with this HTTP status, from 100 to 999, in the server's own format; `None` for another number.
    pub fn from_status(status: u16) -> Option<Self> {
        let status = StatusCode::from_u16(status).ok()?;
        Some(Self::Status { status, code: None, headers: BTreeMap::new(), early: false })
    }
}

/// A rule with its counts.
#[derive(Clone, Debug, Serialize)]
pub struct RuleState {
    /// Its name.
    pub id: RuleId,
    /// What it says.
    #[serde(flatten)]
    pub rule: Rule,
    /// Matching requests seen, also after the rule was spent.
    pub seen: u64,
    /// Requests acted on; a hold counts when it is reached.
    pub fired: u64,
    /// Requests held or stalled right now.
    pub holding: u64,
}

mod status_code {
    use http::StatusCode;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(status.as_u16())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
        StatusCode::from_u16(u16::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
