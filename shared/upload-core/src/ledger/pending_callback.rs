//! The callback that an upload which has ended still waits for, as its open mark tells it: a list reads no chain.

use super::{Timestamp, record::Record};
use serde::{Deserialize, Serialize};

/// A message that its receiver has not accepted yet, of an upload that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingCallback {
    /// When the upload ended, by the store's clock.
    pub ended: Timestamp,
    /// The word of the step that ended it: `committed`, `failed` or `cancelled`.
    pub state: String,
    /// The committed video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_id: Option<String>,
    /// The stable code of the failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What it is about.
    pub message: PendingMessage,
    /// How often it was sent so far.
    pub attempts: u32,
    /// The code of the last attempt: that of [`DeliveryResult::Failed`](crate::DeliveryResult::Failed).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What the message of a [`PendingCallback`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingMessage {
    /// How the upload ended.
    Outcome,
    /// What became of the video, which Youku may not have decided yet.
    Event,
    /// That Youku refused to change the video.
    UpdateRefused,
}

impl PendingCallback {
    /// What an upload still has to send, with no attempt so far; `None` if there is nothing.
    #[must_use]
    pub fn from_record(record: &Record) -> Option<Self> {
        let message = match (record.pending_outcome_callback(), record.pending_event_callback()) {
            (true, _) => PendingMessage::Outcome,
            _ if record.untold_refusal().is_some() => PendingMessage::UpdateRefused,
            (_, true) => PendingMessage::Event,
            _ => return None,
        };
        let end = record.end()?;
        Some(Self {
            ended: end.at,
            state: end.step.kind().as_str().into(),
            video_id: record.video_id.clone(),
            error: record.failure.as_ref().map(|failure| failure.code.clone()),
            message,
            attempts: 0,
            code: None,
        })
    }

    /// Takes over the attempts of `earlier` if they were of the same message.
    #[must_use]
    pub fn continuing(self, earlier: Option<&Self>) -> Self {
        match earlier.filter(|earlier| earlier.message == self.message && earlier.ended == self.ended) {
            Some(earlier) => Self { attempts: earlier.attempts, code: earlier.code.clone(), ..self },
            None => self,
        }
    }
}
