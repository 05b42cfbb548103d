//! What only the command line can say: texts for people, and the checks of `doctor`.

use crate::Language;
use app::{UploadDetails, core::Error};
use futures_util::future::BoxFuture;
use serde::Serialize;

/// Explains uploads and checks the installation, in either language.
pub trait Advisor: Send + Sync + 'static {
    /// Explains an upload as `oss2youku explain` does. `obstacle` is what keeps an open one that nobody holds from being resumed.
    fn explain(&self, details: &UploadDetails, obstacle: Option<&Error>, language: Language) -> Explanation;

    /// Describes an error, and what can be done about it.
    fn describe(&self, error: &Error, language: Language) -> Obstacle;

    /// Checks the installation as `oss2youku doctor` does. It takes seconds.
    fn diagnose(&self, language: Language) -> BoxFuture<'static, Vec<Finding>>;
}

/// An upload in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Where it stands.
    pub explanation: String,
    /// What comes next.
    pub next: String,
    /// What a person can do, where there is something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// What keeps it from being resumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<Obstacle>,
    /// What each step means, in the order of the record's history.
    #[serde(skip)]
    pub steps: Vec<String>,
}

/// An error in words: what keeps an upload from being resumed, or the ledger from being read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// The stable code of the error.
    pub error: &'static str,
    /// The error in words.
    pub message: String,
    /// The way out, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// One thing that `doctor` checked and the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub check: String,
    /// How it was checked.
    pub tried: String,
    /// Whether it is well.
    pub ok: bool,
    /// The result.
    pub result: String,
    /// What a person can do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}
