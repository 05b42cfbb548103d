//! Publishing at a time: until then the video is hidden.

use super::timestamp::Timestamp;
use crate::{Error, ErrorKind};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};
use youku::{PublicType, VideoMetadata};

/// The field that states it; an object's metadata has `-` for `_`.
pub(crate) const PUBLISH_AT: &str = "publish_at";
/// What a time of publishing must be, for errors.
pub(crate) const NO_PUBLISH_AT: &str = "is not a time with its zone, such as 2026-12-01T20:00:00+08:00";

/// How far ahead an hour may lie.
const FARTHEST: Duration = Duration::from_secs(10 * 366 * 86_400);

/// Refuses an hour that is no one's wish.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob), naming the field.
pub(crate) fn check_hour(at: Timestamp, now: SystemTime) -> Result<(), Error> {
    if at.get() <= now + FARTHEST {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidJob, "publish", "publish_at is more than ten years ahead")
        .with_context("field", PUBLISH_AT))
}

/// When a video is made public, and how it is hidden until then. `Password` is the form of the generated word: plain, or sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication<Password = SecretString> {
    /// The time, by the ledger's clock.
    pub at: Timestamp,
    /// The generated watch password behind which the video waits; without one it waits for friends alone.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub word: Option<Password>,
}

fn none<T>() -> Option<T> {
    None
}

/// How a video is hidden until its hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hiding {
    /// Behind a generated watch password.
    #[default]
    Password,
    /// It is shown to the account's friends alone.
    Friend,
}

/// Whether videos may be changed once they are there, and how one is hidden.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ManagePolicy {
    /// Whether anything may be changed.
    pub enabled: bool,
    /// How a video is hidden.
    pub hiding: Hiding,
}

impl Hiding {
    /// A publication at this time. The word is random.
    #[must_use]
    pub fn until(self, at: Timestamp) -> Publication {
        Publication { at, word: self.new_word() }
    }

    /// A new word, where one hides the video.
    #[must_use]
    pub fn new_word(self) -> Option<SecretString> {
        match self {
            // 48 random bits: the form of a watch password is not documented, and all clients sent short ones.
            Self::Password => Some(format!("{:012x}", rand::random::<u64>() >> 16).into()),
            Self::Friend => None,
        }
    }
}

impl<Password: Clone> Publication<Password> {
    /// The audience of a hidden video, as Youku is told.
    #[must_use]
    pub fn hidden_audience(&self) -> (PublicType, Option<Password>) {
        match &self.word {
            Some(word) => (PublicType::Password, Some(word.clone())),
            None => (PublicType::Friend, None),
        }
    }

    /// The same metadata, of a video that is hidden.
    #[must_use]
    pub fn hide(&self, metadata: VideoMetadata<Password>) -> VideoMetadata<Password> {
        let (public_type, watch_password) = self.hidden_audience();
        VideoMetadata { public_type: Some(public_type), watch_password, ..metadata }
    }

    /// The same with its word in another form, such as a sealed one.
    pub(crate) fn try_map_word<Other, E>(
        self,
        convert: impl FnOnce(Password) -> Result<Other, E>,
    ) -> Result<Publication<Other>, E> {
        Ok(Publication { at: self.at, word: self.word.map(convert).transpose()? })
    }
}
