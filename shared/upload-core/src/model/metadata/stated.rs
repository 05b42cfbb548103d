//! Stated metadata of a video, and where its audience was stated.

use super::{
    audience::{Audience, PublicTypeOrigin},
    default_title::{cut_title, derive_title, is_too_long},
};
use secrecy::SecretString;
use youku::VideoMetadata;

/// Youku insists on a tag; its older clients sent this one.
const DEFAULT_TAG: &str = "other";

/// Stated metadata of a video. `Password` is the form of the watch password: plain or sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct StatedMetadata<Password = SecretString> {
    /// The fields.
    pub metadata: VideoMetadata<Password>,
    /// Where `metadata.public_type` was stated. No document says it of itself.
    pub public_type_from: Option<PublicTypeOrigin>,
}

impl<Password> Default for StatedMetadata<Password> {
    fn default() -> Self {
        Self { metadata: VideoMetadata::default(), public_type_from: None }
    }
}

impl<Password> StatedMetadata<Password> {
    /// Takes metadata that was stated at `origin`.
    #[must_use]
    pub fn new(metadata: VideoMetadata<Password>, origin: PublicTypeOrigin) -> Self {
        Self { public_type_from: metadata.public_type.map(|_| origin), metadata }
    }

    /// Who may watch the video, and where that was stated.
    #[must_use]
    pub fn audience(&self) -> Audience {
        Audience::new(self.metadata.public_type, self.public_type_from)
    }

    /// Whether the video's title is the start of its file's name: nobody stated one, and the name is longer than Youku takes.
    #[must_use]
    pub fn is_title_cut(&self, file_name: &str) -> bool {
        self.metadata.title.is_none() && is_too_long(&derive_title(file_name))
    }

    /// Takes each field from `higher` if it states one, else from `lower`.
    #[must_use]
    pub fn merge(higher: Self, lower: Self) -> Self {
        let is_higher = higher.metadata.public_type.is_some();
        Self {
            public_type_from: if is_higher { higher.public_type_from } else { lower.public_type_from },
            metadata: VideoMetadata::merge(higher.metadata, lower.metadata),
        }
    }
}

impl StatedMetadata {
    /// The same with what Youku insists on: a title, from the file name without its extension, cleaned and cut, and a tag.
    #[must_use]
    pub fn completed(self, file_name: &str) -> Self {
        let defaults = VideoMetadata {
            title: Some(cut_title(&derive_title(file_name))),
            tags: Some(vec![DEFAULT_TAG.to_owned()]),
            ..VideoMetadata::default()
        };
        Self { metadata: VideoMetadata::merge(self.metadata, defaults), ..self }
    }
}
