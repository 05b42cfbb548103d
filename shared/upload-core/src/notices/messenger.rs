//! The port that carries messages to a group robot.

use crate::{NoticeEvent, ledger::Notice};
use async_trait::async_trait;
use std::time::Duration;

/// One robot of a group chat.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Its name in the settings and in the ledger.
    fn name(&self) -> &str;

    /// Tells its settings from others: once they change, a refusal counts no longer. No secret can be read from it.
    fn settings(&self) -> &str;

    /// Time between two messages at least.
    fn pause(&self) -> Duration;

    /// Messages that may be sent within a minute at most.
    fn messages_per_minute(&self) -> usize;

    /// Whether its settings want silence now.
    fn is_quiet(&self) -> bool;

    /// Sends one message, once.
    ///
    /// # Errors
    /// Why the robot did not accept it.
    async fn send(&self, digest: &NoticeDigest) -> Result<(), MessengerRefusal>;
}

/// What one message tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeDigest {
    /// How often each event happened.
    pub counts: Vec<(NoticeEvent, u64)>,
    /// The most urgent and oldest of them, ten at most; they are among those counted.
    pub shown: Vec<Notice>,
}

/// Why a robot did not accept a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessengerRefusal {
    /// A stable word.
    pub code: String,
    /// When the same message may be accepted; `None` where only a person can help.
    pub retry_after: Option<Duration>,
}

impl MessengerRefusal {
    /// The code of a robot of which no answer came: whether it has the message is not known.
    pub const NO_ANSWER: &'static str = "no_answer";

    /// No answer came in time.
    #[must_use]
    pub fn no_answer() -> Self {
        Self { code: Self::NO_ANSWER.to_owned(), retry_after: Some(Duration::from_secs(30)) }
    }
}
