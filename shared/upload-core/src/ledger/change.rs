//! What the steps record of changes to a video that is there.

use super::{failure::Failure, seal::Sealed, stored_metadata::StoredMetadata};
use crate::model::publication::Publication;
use serde::{Deserialize, Serialize};

/// A change of the video's, as Youku was asked for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// What Youku was asked to change; nothing where a sidecar states nothing new.
    pub video: StoredMetadata,
    /// Who asked.
    pub by: ChangeOrigin,
    /// Why Youku did not do it: the video stays as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Failure>,
}

/// The hour at which the video is made public.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheduling {
    /// The hour; absent: it was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publication: Option<Publication<Sealed>>,
    /// Who may watch from then on, where that changes: `public_type` and `watch_password` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<StoredMetadata>,
    /// Who asked.
    pub by: ChangeOrigin,
    /// Whether the same sidecar is carried out by a further step: until that is there, it is not done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// Who asked for a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ChangeOrigin {
    /// The sidecar of this MD5.
    Sidecar(String),
    /// The hour that was set before.
    Schedule,
    /// A person: the name of the token of the HTTP API, or `command`.
    Person(String),
}

impl ChangeOrigin {
    /// The stable word for it in logs.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Sidecar(_) => "sidecar",
            Self::Schedule => "schedule",
            Self::Person(_) => "person",
        }
    }
}
