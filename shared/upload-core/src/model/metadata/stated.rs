//! Stated metadata of a video, and where its audience was stated.

use super::{
    audience::{Audience, PublicTypeOrigin},
    default_title::{cut_title, derive_title, is_too_long},
};
use crate::model::{preflight::Preflight, publication::PUBLISH_AT, timestamp::Timestamp};
use secrecy::SecretString;
use youku::{VideoMetadata, with_unix_line_ends};

/// Youku insists on a tag; its older clients sent this one.
const DEFAULT_TAG: &str = "other";

/// Stated metadata of a video. `Password` is the form of the watch password: plain or sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct StatedMetadata<Password = SecretString> {
    /// The fields.
    pub metadata: VideoMetadata<Password>,
    /// Where `metadata.public_type` was stated. No document says it of itself.
    pub public_type_from: Option<PublicTypeOrigin>,
    /// What the preflight does with a broken file. The ledger keeps this next to the metadata.
    pub preflight: Option<Preflight>,
    /// When the video is made public; hidden until then. The ledger keeps this as the job's publication.
    pub publish_at: Option<Timestamp>,
    /// Fields, `publish_at` among them, that the task or the object states: a sidecar that is written again does not change them.
    pub fixed: Vec<&'static str>,
    /// The MD5 of the sidecar that was read, in hexadecimal.
    pub sidecar: Option<String>,
    /// Fields of `metadata` that the object's rule alone states. The ledger does not keep this.
    pub from_rule: Vec<&'static str>,
}

impl<Password> Default for StatedMetadata<Password> {
    fn default() -> Self {
        Self {
            metadata: VideoMetadata::default(),
            public_type_from: None,
            preflight: None,
            publish_at: None,
            fixed: Vec::new(),
            sidecar: None,
            from_rule: Vec::new(),
        }
    }
}

impl<Password> StatedMetadata<Password> {
    /// Takes metadata that was stated at `origin`.
    #[must_use]
    pub fn new(metadata: VideoMetadata<Password>, origin: PublicTypeOrigin) -> Self {
        let is_stated =
            |field: &&str| origin == PublicTypeOrigin::Rule && metadata.states(field) == Some(true);
        let from_rule = VideoMetadata::FIELDS.iter().map(|(field, _)| *field).filter(is_stated).collect();
        Self {
            public_type_from: metadata.public_type.map(|_| origin),
            from_rule,
            metadata,
            ..Self::default()
        }
    }

    /// The same with what the preflight does with a broken file.
    #[must_use]
    pub fn with_preflight(self, preflight: Option<Preflight>) -> Self {
        Self { preflight, ..self }
    }

    /// The same with the time at which the video is made public.
    #[must_use]
    pub fn with_publish_at(self, publish_at: Option<Timestamp>) -> Self {
        Self { publish_at, ..self }
    }

    /// The names of the fields that are stated, `publish_at` among them.
    pub(crate) fn stated_fields(&self) -> impl Iterator<Item = &'static str> {
        let fields = VideoMetadata::FIELDS.iter().map(|(field, _)| *field);
        let stated = fields.filter(|field| self.metadata.states(field) == Some(true));
        stated.chain(self.publish_at.map(|_| PUBLISH_AT))
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

    /// The video's title: the stated one, else the start of its file's name.
    pub(crate) fn title_or_default(&self, file_name: &str) -> String {
        self.metadata.title.clone().unwrap_or_else(|| cut_title(&derive_title(file_name)))
    }

    /// Takes each field from `higher` if it states one, else from `lower`.
    #[must_use]
    pub fn merge(higher: Self, lower: Self) -> Self {
        let is_higher = higher.metadata.public_type.is_some();
        let is_left = |field: &&str| higher.metadata.states(field) != Some(true);
        let from_rule = lower.from_rule.into_iter().filter(is_left).chain(higher.from_rule.iter().copied());
        Self {
            from_rule: from_rule.collect(),
            public_type_from: if is_higher { higher.public_type_from } else { lower.public_type_from },
            preflight: higher.preflight.or(lower.preflight),
            publish_at: higher.publish_at.or(lower.publish_at),
            fixed: higher.fixed,
            sidecar: higher.sidecar.or(lower.sidecar),
            metadata: VideoMetadata::merge(higher.metadata, lower.metadata),
        }
    }
}

impl StatedMetadata {
    /// The same with what Youku insists on: a title, from the file name without its extension, cleaned and cut, and a tag. The lines of
    /// its description end as on Unix.
    #[must_use]
    pub fn completed(self, file_name: &str) -> Self {
        let defaults = VideoMetadata {
            title: Some(cut_title(&derive_title(file_name))),
            tags: Some(vec![DEFAULT_TAG.to_owned()]),
            ..VideoMetadata::default()
        };
        let mut metadata = VideoMetadata::merge(self.metadata, defaults);
        metadata.description = metadata.description.map(|text| with_unix_line_ends(&text).into_owned());
        Self { metadata, ..self }
    }
}
