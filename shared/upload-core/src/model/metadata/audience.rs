//! Who may watch a video, and where that was stated.

use serde::{Deserialize, Serialize};
use youku::PublicType;

/// Where a video's public type was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PublicTypeOrigin {
    /// The task.
    Task,
    /// A flag of the command line, or the file that its `--meta` names.
    Flag,
    /// The object's user metadata.
    Metadata,
    /// The object's sidecar.
    Sidecar,
    /// The rule that matches the object.
    Rule,
    /// Nowhere: Youku's default holds.
    Default,
}

impl PublicTypeOrigin {
    /// The stable word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Flag => "flag",
            Self::Metadata => "metadata",
            Self::Sidecar => "sidecar",
            Self::Rule => "rule",
            Self::Default => "default",
        }
    }
}

/// Who may watch a video, and where that was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audience {
    /// Who may watch it.
    pub public_type: PublicType,
    /// Where that was stated; `None` where the record does not tell.
    pub from: Option<PublicTypeOrigin>,
}

impl Audience {
    /// What follows from a public type and its origin. Where no public type is stated, Youku publishes for everybody.
    #[must_use]
    pub fn new(public_type: Option<PublicType>, from: Option<PublicTypeOrigin>) -> Self {
        match public_type {
            Some(public_type) => Self { public_type, from },
            None => Self { public_type: PublicType::All, from: Some(PublicTypeOrigin::Default) },
        }
    }
}
