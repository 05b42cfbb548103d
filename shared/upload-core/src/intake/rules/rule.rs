//! One rule of the settings.

use super::{daily_hour::DailyHour, extensions::is_video_extension, sidecar::Sidecar};
use crate::{
    Callback, Mode, Preflight, VideoEvent,
    model::metadata::{CopyrightType, PublicType, PublicTypeOrigin, StatedMetadata, VideoMetadata},
};
use secrecy::SecretString;
use serde::Deserialize;

/// Longest time after which an object that may still grow is published, in seconds: a year.
const MAX_UNFINISHED_SECONDS: u64 = 31_536_000;

/// How the videos of one bucket and prefix are uploaded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The bucket.
    pub bucket: String,
    /// Prefix of the keys; empty for the whole bucket. Of several matching rules the one with the longest prefix
    /// applies.
    #[serde(default)]
    pub prefix: String,
    /// The account's name in the settings.
    pub account: String,
    /// The audience. Optional only in form: [`Rules::new`](super::Rules::new) requires it.
    pub public_type: Option<PublicType>,
    /// One of Youku's categories.
    pub category: Option<String>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// Description.
    pub description: Option<String>,
    /// Who made the videos.
    pub copyright_type: Option<CopyrightType>,
    /// For `public_type = "password"`.
    pub watch_password: Option<SecretString>,
    /// URL that receives each upload's outcome.
    pub callback: Option<SecretString>,
    /// Later events that it also receives.
    #[serde(default)]
    pub callback_events: Vec<VideoEvent>,
    /// Youku's protocol, if not the account's usual one.
    pub mode: Option<Mode>,
    /// Whether metadata may come in a file next to the video.
    #[serde(default)]
    pub sidecar: Sidecar,
    /// Accepted subset of [`VIDEO_EXTENSIONS`](super::VIDEO_EXTENSIONS), in any case, without a dot.
    pub extensions: Option<Vec<String>>,
    /// Publishes the same content again: an object rewritten with the bytes of the last published one is another
    /// video.
    #[serde(default)]
    pub republish: bool,
    /// Publishes appendable objects and symlinks that were not written to for this time (1 to 31,536,000 s).
    /// Absent: they are skipped.
    pub unfinished_after_seconds: Option<u64>,
    /// Publishes junk as well: files with a video's extension that systems leave behind, such as `._film.mp4`.
    #[serde(default)]
    pub include_junk: bool,
    /// What happens to a file that is no whole video; refused if absent.
    pub preflight: Option<Preflight>,
    /// The hour at which each video is made public, the next one after its object was written, as `20:00 Asia/Shanghai`; hidden until then.
    /// Needs `manage.enabled`.
    pub publish_at: Option<DailyHour>,
    /// Whether a sidecar that is written again changes the video that is there already. Needs `manage.enabled`.
    #[serde(default)]
    pub sidecar_updates: bool,
    /// Whether uploads under this rule are paused.
    #[serde(default)]
    pub paused: bool,
}

/// A rule that cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule for bucket {bucket:?}, prefix {prefix:?}: {problem}")]
pub struct RuleError {
    /// The rule's bucket.
    pub bucket: String,
    /// The rule's prefix.
    pub prefix: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Rule {
    /// The receiver of each upload's outcome.
    #[must_use]
    pub fn callback(&self) -> Option<Callback> {
        let url = self.callback.clone()?;
        Some(Callback { url, events: self.callback_events.clone(), from_rule: true })
    }

    /// What the rule states about every video it matches.
    #[must_use]
    pub fn metadata(&self) -> StatedMetadata {
        let stated = VideoMetadata {
            tags: self.tags.clone(),
            category: self.category.clone(),
            description: self.description.clone(),
            copyright_type: self.copyright_type,
            public_type: self.public_type,
            watch_password: self.watch_password.clone(),
            ..VideoMetadata::default()
        };
        StatedMetadata::new(stated, PublicTypeOrigin::Rule).with_preflight(self.preflight)
    }

    /// Checks the rule by itself.
    pub(super) fn check(&self) -> Result<(), RuleError> {
        match self.public_type {
            None => return Err(self.new_error("automatic uploads must state public_type")),
            Some(PublicType::Password) if self.watch_password.is_none() => {
                return Err(self.new_error("public_type password needs a watch_password"));
            }
            Some(_) => {}
        }
        if self.callback.is_none() && !self.callback_events.is_empty() {
            return Err(self.new_error("callback_events needs a callback"));
        }
        let wanted = self.extensions.as_deref().unwrap_or_default();
        if !wanted.iter().all(|extension| is_video_extension(extension)) {
            return Err(self.new_error("extensions has one that Youku does not accept"));
        }
        if !self.unfinished_after_seconds.is_none_or(|after| (1..=MAX_UNFINISHED_SECONDS).contains(&after)) {
            return Err(self.new_error("unfinished_after_seconds is not 1 to 31536000"));
        }
        if self.sidecar_updates && self.sidecar == Sidecar::Off {
            return Err(self.new_error("sidecar_updates needs a sidecar that is not off"));
        }
        Ok(())
    }

    /// Creates the error that names this rule.
    pub(super) fn new_error(&self, problem: &'static str) -> RuleError {
        RuleError { bucket: self.bucket.clone(), prefix: self.prefix.clone(), problem }
    }

    /// Whether an event of a sidecar means something.
    pub(super) fn takes_sidecar_events(&self) -> bool {
        self.sidecar == Sidecar::Required || self.sidecar_updates
    }

    /// Whether the rule accepts a video with this extension.
    pub(super) fn accepts_extension(&self, extension: &str) -> bool {
        let wanted = self.extensions.as_ref();
        wanted.is_none_or(|wanted| wanted.iter().any(|one| one.eq_ignore_ascii_case(extension)))
    }
}
