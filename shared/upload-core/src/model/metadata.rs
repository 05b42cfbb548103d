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

pub use audience::{Audience, PublicTypeOrigin};
pub use metadata_error::MetadataError;
pub use stated::StatedMetadata;
pub use youku::{
    CATEGORIES, CopyrightType, FieldKind, LIMITS, Limits, PublicType, TAG_SEPARATORS, TITLE_CHARACTERS,
    VideoMetadata, clean_description, clean_tags, clean_title, split_tags,
};
