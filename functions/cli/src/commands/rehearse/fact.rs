//! A fact: a question that the documentation leaves open, how it is tried, and what was found.

use super::{
    obstacle::Obstacle,
    stage::Stage,
    text::{Text, text},
};
use serde_json::Value;
use std::{future::Future, pin::Pin};

/// A trial that is under way.
pub(super) type Trial<'a> = Pin<Box<dyn Future<Output = Result<Found, Obstacle>> + 'a>>;

/// One open question.
pub(super) struct Fact {
    /// Its stable name: `youku.`, `oss.` or `function.`, then a word.
    pub(super) name: &'static str,
    /// What is asked.
    pub(super) question: fn() -> Text,
    /// The answer that the product's default settings and the local clouds count on.
    pub(super) expected: &'static str,
    /// The most calls to Youku's API that it takes, those that remove things included.
    pub(super) calls: u32,
    /// Requests to the ledger's bucket, or to what the fact is about where that is another host.
    pub(super) requests: u32,
    pub(super) makes: Makes,
    pub(super) tries: fn(&mut Stage) -> Trial<'_>,
    /// What an answer means for this installation; an empty text: nothing.
    pub(super) meaning: fn(&str) -> Text,
}

/// What a trial makes, and so who could see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Makes {
    Nothing,
    /// An upload that is never committed.
    Session,
    /// Uploads that wait, for an hour or so, and videos of them behind a random password.
    Aging,
    /// A video behind a random password.
    Video,
    /// Objects in the ledger's bucket.
    Objects,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Found {
    /// The answer: a stable word.
    pub(super) word: String,
    /// What was seen, in short.
    pub(super) evidence: Text,
    /// Switches with which the local Youku behaves so.
    pub(super) youku: Vec<(&'static str, Value)>,
    /// Switches with which the local OSS behaves so.
    pub(super) oss: Vec<(&'static str, Value)>,
    /// Variables of the environment that follow, as `NAME=value`: where a key stands in a file is the reader's. After `#`: a proposal.
    pub(super) settings: Vec<Text>,
    /// The least number that the fact's setting needs, in the setting's unit.
    pub(super) least: Option<u64>,
}

impl Found {
    pub(super) fn new(word: impl Into<String>, evidence: Text) -> Self {
        Self {
            word: word.into(),
            evidence,
            youku: Vec::new(),
            oss: Vec::new(),
            settings: Vec::new(),
            least: None,
        }
    }

    pub(super) fn with_youku(mut self, switch: &'static str, position: impl Into<Value>) -> Self {
        self.youku.push((switch, position.into()));
        self
    }

    pub(super) fn with_oss(mut self, switch: &'static str, position: impl Into<Value>) -> Self {
        self.oss.push((switch, position.into()));
        self
    }

    /// Adds a variable with which the settings fit what was found.
    pub(super) fn with_setting(mut self, variable: impl Into<String>) -> Self {
        let variable = variable.into();
        self.settings.push(text!("{variable}", "{variable}"));
        self
    }

    /// States the least number that the fact's setting needs.
    pub(super) fn with_least(mut self, least: u64) -> Self {
        self.least = Some(least);
        self
    }

    /// Adds a variable that what was found does not prove to be well, and what was seen.
    pub(super) fn with_proposal(mut self, variable: &str, seen: &Text) -> Self {
        let Text { en, zh } = seen;
        self.settings.push(text!("# {variable}  # {en}", "# {variable}  # {zh}"));
        self
    }
}
