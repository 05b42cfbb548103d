//! What is known of a video before it is uploaded, and from where.
//!
//! In order of precedence: the task or the flags, the object's user metadata, its sidecar, the rule that matches it, defaults. The
//! fields are those of [`VideoMetadata`], and nothing here lists them. Nothing here knows Youku's limits either: they are checked
//! once, on the whole ([`UploadRequest::describe_video`](crate::ledger::UploadRequest::describe_video)).

mod audience;
mod default_title;
mod encoded_word;
mod metadata_error;
mod sidecar;
mod stated;
mod user_metadata;

use secrecy::ExposeSecret;
use std::convert::Infallible;

pub use audience::{Audience, PublicTypeOrigin};
pub use metadata_error::MetadataError;
pub use stated::StatedMetadata;
pub use youku::{
    CATEGORIES, CopyrightType, FieldKind, LIMITS, Limits, PublicType, TAG_SEPARATORS, TITLE_CHARACTERS,
    VideoMetadata, clean_description, clean_tags, clean_title, split_tags,
};

/// The same with its watch password as a plain text, for a comparison. It must not outlive that.
pub(crate) fn expose_password(video: VideoMetadata) -> VideoMetadata<String> {
    let Ok(video) =
        video.try_map_password(|password| Ok::<_, Infallible>(password.expose_secret().to_owned()));
    video
}
