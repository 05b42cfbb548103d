//! The filter: whether an object that arrived is uploaded, and under which rule.

use super::{extensions::video_extension, rule::Rule, rule_set::Rules, sidecar::SIDECAR_SUFFIX};
use crate::intake::junk::is_junk;

/// The decision about an object that arrived.
#[derive(Debug, Clone)]
pub enum Admission<'a> {
    /// It is a video: upload it under this rule.
    Upload(&'a Rule),
    /// It is a sidecar that its video waits for, or that may change the video that is there.
    Sidecar {
        /// The video's key.
        video_key: &'a str,
        /// The rule that matches the video.
        rule: &'a Rule,
    },
    /// Skip it.
    Skip(SkipReason),
}

/// Why an object is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SkipReason {
    /// A key that ends with a slash stands for a folder.
    FolderMarker,
    /// It has no bytes.
    EmptyObject,
    /// The product itself wrote it.
    OwnPrefix,
    /// Its extension is not a video's, or not one that the rule accepts.
    NotAVideo,
    /// No rule matches it.
    NoRule,
    /// A system left it behind, and its rule does not include junk.
    Junk,
    /// Its rule is paused.
    Paused,
}

impl SkipReason {
    /// The stable code for logs and outcomes.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::FolderMarker => "folder_marker",
            Self::EmptyObject => "empty_object",
            Self::OwnPrefix => "own_prefix",
            Self::NotAVideo => "not_a_video",
            Self::NoRule => "no_rule",
            Self::Junk => "junk",
            Self::Paused => "paused",
        }
    }
}

/// Decides about an object that arrived. `size` is in bytes; `None` where nobody stated it, which excludes nothing: the
/// HEAD that follows knows. `own_prefixes` are those of `bucket` that the product itself writes under.
///
/// A sidecar counts only if its rule requires one or lets it change the video: otherwise the video's own event starts the upload.
#[must_use]
pub fn admit<'a>(
    bucket: &str,
    key: &'a str,
    size: Option<u64>,
    rules: &'a Rules,
    own_prefixes: &[String],
) -> Admission<'a> {
    if key.is_empty() || key.ends_with('/') {
        return Admission::Skip(SkipReason::FolderMarker);
    }
    if size == Some(0) {
        return Admission::Skip(SkipReason::EmptyObject);
    }
    if own_prefixes.iter().any(|prefix| key.starts_with(prefix)) {
        return Admission::Skip(SkipReason::OwnPrefix);
    }
    let video_key = key.strip_suffix(SIDECAR_SUFFIX);
    let Some(extension) = video_extension(video_key.unwrap_or(key)) else {
        return Admission::Skip(SkipReason::NotAVideo);
    };
    let Some(rule) = rules.find_match(bucket, video_key.unwrap_or(key)) else {
        return Admission::Skip(SkipReason::NoRule);
    };
    if !rule.accepts_extension(extension) || (video_key.is_some() && !rule.takes_sidecar_events()) {
        return Admission::Skip(SkipReason::NotAVideo);
    }
    if !rule.include_junk && is_junk(video_key.unwrap_or(key), rule.prefix.len()) {
        return Admission::Skip(SkipReason::Junk);
    }
    if rule.paused {
        return Admission::Skip(SkipReason::Paused);
    }
    match video_key {
        Some(video_key) => Admission::Sidecar { video_key, rule },
        None => Admission::Upload(rule),
    }
}
