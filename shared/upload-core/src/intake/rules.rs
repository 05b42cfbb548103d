//! Rules: which objects are uploaded without being asked for, and as what.

use crate::{
    Callback, Location, Mode, VideoEvent,
    model::metadata::{CopyrightType, PublicType, PublicTypeOrigin, VideoMetadata},
};
use secrecy::SecretString;
use serde::Deserialize;

/// Extensions of the video containers that Youku accepts, lower case, without a dot.
pub const VIDEO_EXTENSIONS: &[&str] = &[
    "wmv", "avi", "dat", "asf", "rm", "rmvb", "ram", "mpg", "mpeg", "3gp", "mov", "mp4", "m4v", "dvix", "dv",
    "mkv", "flv", "vob", "qt", "divx", "cpk", "fli", "flc", "mod",
];

/// Longest time after which an object that may still grow is published, in seconds: a year.
const LONGEST_UNFINISHED: u64 = 31_536_000;

/// What a sidecar's key adds to its video's key.
pub const SIDECAR_SUFFIX: &str = ".youku.json";

/// Whether a video's metadata may, or must, come in a file beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sidecar {
    /// It is not looked for.
    Off,
    /// It is read where it is there when the video arrives.
    #[default]
    Optional,
    /// The video waits for it.
    Required,
}

/// What becomes of the videos of one bucket and prefix.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The bucket.
    pub bucket: String,
    /// What a key begins with; empty for the whole bucket. Of several rules the one with the longest prefix holds.
    #[serde(default)]
    pub prefix: String,
    /// The account's name in the settings.
    pub account: String,
    /// Who may watch. Optional in form alone: [`Rules::new`] insists on it.
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
    /// The URL that is told of each upload's outcome.
    pub callback: Option<SecretString>,
    /// What else it is told later.
    #[serde(default)]
    pub callback_events: Vec<VideoEvent>,
    /// Youku's protocol, where it is not the account's usual one.
    pub mode: Option<Mode>,
    /// Whether metadata may come in a file beside the video.
    #[serde(default)]
    pub sidecar: Sidecar,
    /// Only these of [`VIDEO_EXTENSIONS`], in any case, without a dot.
    pub extensions: Option<Vec<String>>,
    /// Publish the same content again: an object that is written anew with the bytes of the last published one is another video.
    #[serde(default)]
    pub republish: bool,
    /// Publish appendable objects and symlinks that nobody has written to for so long (1 to 31,536,000 s). Absent: they are left alone.
    pub unfinished_after_seconds: Option<u64>,
    /// Nothing is uploaded under this rule for now.
    #[serde(default)]
    pub paused: bool,
}

/// Rules that make sense together.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "Vec<Rule>")]
pub struct Rules(Vec<Rule>);

/// A rule that cannot be followed.
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

/// What becomes of an object that arrived.
#[derive(Debug, Clone)]
pub enum Admission<'a> {
    /// It is a video and uploaded under this rule.
    Upload(&'a Rule),
    /// It is a sidecar that its video waits for.
    Sidecar {
        /// The video's key.
        video_key: &'a str,
        /// The rule that matches the video.
        rule: &'a Rule,
    },
    /// It is left alone.
    Skip(Reason),
}

/// Why an object is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A key that ends with a slash stands for a folder.
    FolderMarker,
    /// It has no bytes.
    EmptyObject,
    /// The product wrote it itself.
    OwnPrefix,
    /// Its extension is not a video's, or not one that the rule wants.
    NotAVideo,
    /// No rule matches it.
    NoRule,
    /// Its rule is paused.
    Paused,
}

impl Reason {
    /// The stable code for logs and outcomes.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::FolderMarker => "folder_marker",
            Self::EmptyObject => "empty_object",
            Self::OwnPrefix => "own_prefix",
            Self::NotAVideo => "not_a_video",
            Self::NoRule => "no_rule",
            Self::Paused => "paused",
        }
    }
}

impl Rules {
    /// Rules as they stand in the settings.
    ///
    /// # Errors
    /// The first rule that states no `public_type`, lacks the password it needs, names events without a callback, wants something that is no video, waits too
    /// short or too long for unfinished objects, or has the same bucket and prefix as another.
    pub fn new(rules: Vec<Rule>) -> Result<Self, RuleError> {
        for (index, rule) in rules.iter().enumerate() {
            let twin = |other: &Rule| other.bucket == rule.bucket && other.prefix == rule.prefix;
            if rules.iter().take(index).any(twin) {
                return Err(rule.wrong("another rule has the same bucket and prefix"));
            }
            rule.check()?;
        }
        Ok(Self(rules))
    }

    /// The rules, in the settings' order.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter()
    }

    /// The rule for a key: of those whose bucket and prefix match, the one with the longest prefix.
    #[must_use]
    pub fn matching(&self, bucket: &str, key: &str) -> Option<&Rule> {
        let matching = self.0.iter().filter(|rule| rule.bucket == bucket && key.starts_with(&rule.prefix));
        matching.max_by_key(|rule| rule.prefix.len())
    }

    /// The rule for an object, whoever asks for it. A file that a person carries has none.
    #[must_use]
    pub fn for_object(&self, location: &Location) -> Option<&Rule> {
        self.matching(&location.bucket, &location.key).filter(|_| !location.is_carried())
    }
}

impl TryFrom<Vec<Rule>> for Rules {
    type Error = RuleError;

    fn try_from(rules: Vec<Rule>) -> Result<Self, RuleError> {
        Self::new(rules)
    }
}

impl Rule {
    /// Who is told of each upload's outcome.
    #[must_use]
    pub fn callback(&self) -> Option<Callback> {
        let url = self.callback.clone()?;
        Some(Callback { url, events: self.callback_events.clone() })
    }

    /// What the rule states about every video it matches.
    #[must_use]
    pub fn metadata(&self) -> VideoMetadata {
        let stated = VideoMetadata {
            tags: self.tags.clone(),
            category: self.category.clone(),
            description: self.description.clone(),
            copyright_type: self.copyright_type,
            public_type: self.public_type,
            watch_password: self.watch_password.clone(),
            ..VideoMetadata::default()
        };
        stated.stated_by(PublicTypeOrigin::Rule)
    }

    fn check(&self) -> Result<(), RuleError> {
        match self.public_type {
            None => return Err(self.wrong("automatic uploads must state public_type")),
            Some(PublicType::Password) if self.watch_password.is_none() => {
                return Err(self.wrong("public_type password needs a watch_password"));
            }
            Some(_) => {}
        }
        if self.callback.is_none() && !self.callback_events.is_empty() {
            return Err(self.wrong("callback_events needs a callback"));
        }
        let wanted = self.extensions.as_deref().unwrap_or_default();
        if !wanted.iter().all(|extension| is_video_extension(extension)) {
            return Err(self.wrong("extensions has one that Youku does not accept"));
        }
        if !self.unfinished_after_seconds.is_none_or(|after| (1..=LONGEST_UNFINISHED).contains(&after)) {
            return Err(self.wrong("unfinished_after_seconds is not 1 to 31536000"));
        }
        Ok(())
    }

    fn wrong(&self, problem: &'static str) -> RuleError {
        RuleError { bucket: self.bucket.clone(), prefix: self.prefix.clone(), problem }
    }

    fn wants(&self, extension: &str) -> bool {
        let wanted = self.extensions.as_ref();
        wanted.is_none_or(|wanted| wanted.iter().any(|one| one.eq_ignore_ascii_case(extension)))
    }
}

/// The key of a video's sidecar.
#[must_use]
pub fn sidecar_key(video_key: &str) -> String {
    format!("{video_key}{SIDECAR_SUFFIX}")
}

/// Decides what becomes of an object that arrived. `own_prefixes` are those of `bucket` that the product itself writes under.
///
/// A sidecar counts only where its rule requires one: elsewhere the video's own arrival starts the upload.
#[must_use]
pub fn admit<'a>(
    bucket: &str,
    key: &'a str,
    size: u64,
    rules: &'a Rules,
    own_prefixes: &[String],
) -> Admission<'a> {
    if key.is_empty() || key.ends_with('/') {
        return Admission::Skip(Reason::FolderMarker);
    }
    if size == 0 {
        return Admission::Skip(Reason::EmptyObject);
    }
    if own_prefixes.iter().any(|prefix| key.starts_with(prefix)) {
        return Admission::Skip(Reason::OwnPrefix);
    }
    let video_key = key.strip_suffix(SIDECAR_SUFFIX);
    let Some(extension) = video_extension(video_key.unwrap_or(key)) else {
        return Admission::Skip(Reason::NotAVideo);
    };
    let Some(rule) = rules.matching(bucket, video_key.unwrap_or(key)) else {
        return Admission::Skip(Reason::NoRule);
    };
    if !rule.wants(extension) || (video_key.is_some() && rule.sidecar != Sidecar::Required) {
        return Admission::Skip(Reason::NotAVideo);
    }
    if rule.paused {
        return Admission::Skip(Reason::Paused);
    }
    match video_key {
        Some(video_key) => Admission::Sidecar { video_key, rule },
        None => Admission::Upload(rule),
    }
}

/// The extension of a key's last segment, if it is a video's and something stands before it.
fn video_extension(key: &str) -> Option<&str> {
    let name = key.rsplit('/').next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && is_video_extension(extension)).then_some(extension)
}

fn is_video_extension(extension: &str) -> bool {
    VIDEO_EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests;
