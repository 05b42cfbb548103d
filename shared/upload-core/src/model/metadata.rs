//! What is known of a video before it is uploaded, and from where.
//!
//! In order of precedence: the task or the flags, the object's user metadata, its sidecar, the rule that matches it, defaults. Nothing
//! here knows Youku's limits: they are checked once, on the whole.

mod audience;
mod sidecar;

pub use audience::{Audience, PublicType, PublicTypeOrigin};

use crate::{Error, ErrorKind};
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use serde::Deserialize;
use std::{borrow::Cow, collections::BTreeMap};

/// What the names of our user metadata begin with; `x-oss-meta-` stands before it on the wire.
const USER_METADATA_PREFIX: &str = "youku-";
/// Names that are read whatever the caller states: a mistake there may have been meant to hide the video.
const ALWAYS_READ: [&str; 2] = ["public-type", "watch-password"];
/// Youku's limit for titles, in characters. A title made from a file name is cut to it.
const TITLE_CHARACTERS: usize = 60;
/// Youku insists on a tag; its older clients sent this one.
const DEFAULT_TAG: &str = "other";
/// Longest place shown in an error, in characters: a sidecar's member may have any name.
const PLACE_CHARACTERS: usize = 80;

/// Who made the video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CopyrightType {
    /// The uploader.
    Original,
    /// Somebody else.
    Reproduced,
}

/// What somebody stated about a video. A sidecar is this as a JSON object.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VideoMetadata {
    /// Title.
    pub title: Option<String>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// One of Youku's categories, in its spelling.
    pub category: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Who made it.
    pub copyright_type: Option<CopyrightType>,
    /// Who may watch it.
    pub public_type: Option<PublicType>,
    /// Where `public_type` was stated. No document says it of itself.
    #[serde(skip)]
    pub public_type_from: Option<PublicTypeOrigin>,
    /// What a viewer must know where `public_type` is `password`.
    pub watch_password: Option<SecretString>,
    /// Passed on to Youku as it is.
    pub thumbnail: Option<String>,
    /// Where it was shot, degrees north.
    pub latitude: Option<f64>,
    /// Where it was shot, degrees east.
    pub longitude: Option<f64>,
    /// When it was shot. Passed on to Youku as it is.
    pub shoot_time: Option<String>,
    /// Whether Youku should steady the picture.
    pub deshake: Option<bool>,
}

/// A statement about a video that cannot be read. The value is not repeated: it may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place} {problem}")]
pub struct MetadataError {
    /// The header, or the path in the sidecar.
    pub place: String,
    /// What is wrong with it.
    pub problem: Cow<'static, str>,
}

impl MetadataError {
    fn new(place: impl Into<String>, problem: impl Into<Cow<'static, str>>) -> Self {
        let place: String = place.into();
        let shown = place.chars().filter(|character| !character.is_control());
        Self { place: shown.take(PLACE_CHARACTERS).collect(), problem: problem.into() }
    }
}

impl From<MetadataError> for Error {
    fn from(error: MetadataError) -> Self {
        Self::new(ErrorKind::InvalidJob, "metadata", error.to_string())
    }
}

impl VideoMetadata {
    /// Reads an object's user metadata: `youku-title`, `youku-tags` (joined by commas), `youku-category`, ... with percent-encoded
    /// UTF-8 values. Names are lower case, without the store's own prefix; names of others are passed over.
    ///
    /// # Errors
    /// The header whose name or value is not understood. A misspelt name is an error: it may have been meant to hide the video.
    pub fn from_user_metadata(headers: &BTreeMap<String, String>) -> Result<Self, MetadataError> {
        Self::from_user_metadata_below(headers, &Self::default())
    }

    /// Reads what `higher` does not state of an object's user metadata, and always `youku-public-type` and `youku-watch-password`.
    ///
    /// # Errors
    /// As [`from_user_metadata`](Self::from_user_metadata); names that are not known are passed over where `higher` states a public
    /// type, since whoever stated it has decided who may watch.
    pub fn from_user_metadata_below(
        headers: &BTreeMap<String, String>,
        higher: &Self,
    ) -> Result<Self, MetadataError> {
        let mut found = Self::default();
        for (name, value) in headers {
            let Some(field) = name.strip_prefix(USER_METADATA_PREFIX) else { continue };
            let is_skipped = match higher.states(&field.replace('-', "_")) {
                Some(is_stated) => is_stated && !ALWAYS_READ.contains(&field),
                None => higher.public_type.is_some(),
            };
            if is_skipped {
                continue;
            }
            let wrong = |problem| MetadataError::new(name, problem);
            let text = decode(value).ok_or_else(|| wrong("is not percent-encoded UTF-8"))?;
            match field {
                "title" => found.title = Some(text),
                "tags" => found.tags = Some(split_tags(&text)),
                "category" => found.category = Some(text),
                "description" => found.description = Some(text),
                "copyright-type" => {
                    let word = CopyrightType::from_word(&text);
                    found.copyright_type = Some(word.ok_or_else(|| wrong("is not original or reproduced"))?);
                }
                "public-type" => {
                    let word = PublicType::from_word(&text);
                    found.public_type = Some(word.ok_or_else(|| wrong("is not all, friend or password"))?);
                }
                "watch-password" => found.watch_password = Some(text.into()),
                "thumbnail" => found.thumbnail = Some(text),
                "latitude" => found.latitude = Some(text.parse().map_err(|_| wrong("is not a number"))?),
                "longitude" => found.longitude = Some(text.parse().map_err(|_| wrong("is not a number"))?),
                "shoot-time" => found.shoot_time = Some(text),
                "deshake" => {
                    found.deshake = Some(match text.as_str() {
                        "1" | "true" => true,
                        "0" | "false" => false,
                        _ => return Err(wrong("is not true or false")),
                    });
                }
                _ => return Err(wrong("is not a known name")),
            }
        }
        Ok(found.stated_by(PublicTypeOrigin::Metadata))
    }

    /// The same, with `origin` as the place where its public type was stated.
    #[must_use]
    pub fn stated_by(self, origin: PublicTypeOrigin) -> Self {
        Self { public_type_from: self.public_type.map(|_| origin), ..self }
    }

    /// Who may watch the video, and where that was stated.
    #[must_use]
    pub fn audience(&self) -> Audience {
        Audience::new(self.public_type, self.public_type_from)
    }

    /// Whether the field of this name is stated; `None` where there is no such field.
    fn states(&self, field: &str) -> Option<bool> {
        Some(match field {
            "title" => self.title.is_some(),
            "tags" => self.tags.is_some(),
            "category" => self.category.is_some(),
            "description" => self.description.is_some(),
            "copyright_type" => self.copyright_type.is_some(),
            "public_type" => self.public_type.is_some(),
            "watch_password" => self.watch_password.is_some(),
            "thumbnail" => self.thumbnail.is_some(),
            "latitude" => self.latitude.is_some(),
            "longitude" => self.longitude.is_some(),
            "shoot_time" => self.shoot_time.is_some(),
            "deshake" => self.deshake.is_some(),
            _ => return None,
        })
    }

    /// Each field from `higher`, where it states one, else from `lower`.
    #[must_use]
    pub fn merge(higher: Self, lower: Self) -> Self {
        let publicity = if higher.public_type.is_some() { &higher } else { &lower };
        Self {
            public_type: publicity.public_type,
            public_type_from: publicity.public_type_from,
            title: higher.title.or(lower.title),
            tags: higher.tags.or(lower.tags),
            category: higher.category.or(lower.category),
            description: higher.description.or(lower.description),
            copyright_type: higher.copyright_type.or(lower.copyright_type),
            watch_password: higher.watch_password.or(lower.watch_password),
            thumbnail: higher.thumbnail.or(lower.thumbnail),
            latitude: higher.latitude.or(lower.latitude),
            longitude: higher.longitude.or(lower.longitude),
            shoot_time: higher.shoot_time.or(lower.shoot_time),
            deshake: higher.deshake.or(lower.deshake),
        }
    }

    /// The same with what Youku insists on: a title, from the file name without its extension, and a tag.
    #[must_use]
    pub fn completed(self, file_name: &str) -> Self {
        let defaults = Self {
            title: Some(title_of(file_name)),
            tags: Some(vec![DEFAULT_TAG.to_owned()]),
            ..Self::default()
        };
        Self::merge(self, defaults)
    }
}

impl CopyrightType {
    /// Youku's word for it: `original` or `reproduced`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Reproduced => "reproduced",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Original, Self::Reproduced].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Nobody stated this title, so it may be cut to what Youku takes.
fn title_of(file_name: &str) -> String {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).trim();
    let title = if stem.is_empty() { file_name } else { stem };
    title.chars().take(TITLE_CHARACTERS).collect()
}

fn split_tags(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// The library passes a stray `%` on as it is; here it means that the value was never encoded.
fn decode(value: &str) -> Option<String> {
    let is_escape = |at: usize| {
        let digits = value.as_bytes().get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !value.match_indices('%').all(|(at, _)| is_escape(at)) {
        return None;
    }
    Some(percent_decode_str(value).decode_utf8().ok()?.into_owned())
}
