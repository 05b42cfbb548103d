//! Keys of notices: what group robots are still to be told.
//!
//! | key | about |
//! |---|---|
//! | `notice/{robot}/published.{end}-{id}`, `failed...` | the end of an upload; `{end}-{id}` as in `recent/` |
//! | `notice/{robot}/needs_you.{id}.{n}` | an upload that waits for a person since step `n` |
//! | `notice/{robot}/needs_you.{id}.p{n}` | an upload that a person must help, in its `n`th pause |
//! | `notice/{robot}/needs_you.h{n}.{end}-{id}` | a video whose hour failed in step `n` |
//! | `notice/{robot}/video_ready.{id}`, `video_rejected...` | what became of a published video |
//! | `notice/{robot}/token_expiring.{account}.{day}` | an account's access token, and the day on which it expires, counted from 1970 |
//! | `notice/{robot}/token_expiring.{account}.{day}.reauthorize` | the same, of one that cannot be renewed |
//!
//! Reasons: there is one for each robot, so that a robot that refuses holds up none of the others. The key has the event, so that one
//! list counts them all; only the few that a message shows are read. It follows from what it tells of, so that writing it twice is
//! writing it once.

use super::{key_parts::FinishedKey, keys::NOTICES};
use crate::{NoticeEvent, UploadId};
use std::fmt;

/// The name of a notice among those of its robot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NoticeName {
    pub(crate) event: NoticeEvent,
    subject: String,
}

impl NoticeName {
    pub(crate) fn new(event: NoticeEvent, subject: String) -> Self {
        Self { event, subject }
    }

    /// Parses a name as [`Display`](fmt::Display) writes it; `None` if it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (event, subject) = text.split_once('.')?;
        Some(Self { event: NoticeEvent::parse(event)?, subject: subject.to_owned() })
    }

    /// The name in a key of this robot.
    pub(super) fn parse_key(robot: &str, key: &str) -> Option<Self> {
        Self::parse(key.strip_prefix(&robot_notices(robot))?)
    }

    pub(super) fn key(&self, robot: &str) -> String {
        format!("{}{self}", robot_notices(robot))
    }

    /// The end of an upload that it tells of.
    pub(crate) fn end(&self) -> Option<FinishedKey> {
        matches!(self.event, NoticeEvent::Published | NoticeEvent::Failed)
            .then(|| FinishedKey::parse(&self.subject))
            .flatten()
    }

    /// The name of the notice that the hour of a published upload failed in this step.
    pub(super) fn of_failed_hour(sequence: u32, end: &FinishedKey) -> Self {
        Self::new(NoticeEvent::NeedsYou, format!("h{sequence:06}.{end}"))
    }

    /// The end of the upload of whose failed hour it tells.
    pub(crate) fn failed_hour(&self) -> Option<FinishedKey> {
        let (hour, end) = self.subject.split_once('.').filter(|_| self.event == NoticeEvent::NeedsYou)?;
        hour.starts_with('h').then(|| FinishedKey::parse(end)).flatten()
    }

    /// Whether it tells of a pause: the next reminder has the same name.
    pub(crate) fn is_pause(&self) -> bool {
        let number = self.subject.split_once('.').and_then(|(_, number)| number.strip_prefix('p'));
        self.event == NoticeEvent::NeedsYou
            && number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The upload of the video that it tells of.
    pub(crate) fn video(&self) -> Option<UploadId> {
        matches!(self.event, NoticeEvent::VideoReady | NoticeEvent::VideoRejected)
            .then(|| UploadId::parse(&self.subject))
            .flatten()
    }
}

impl fmt::Display for NoticeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.event.as_str(), self.subject)
    }
}

/// Prefix of a robot's notices.
pub(super) fn robot_notices(robot: &str) -> String {
    format!("{NOTICES}{robot}/")
}
