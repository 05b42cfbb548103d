//! What goes to Youku and what comes back.

mod invalid;
mod md5;
mod metadata;
mod metadata_field;
mod published;
mod session;
mod slice;
mod tags;
mod title;
mod token;
mod words;

pub use invalid::Invalid;
pub use md5::Md5;
pub use metadata::VideoMetadata;
pub use metadata_field::FieldKind;
pub use published::{VideoInfo, VideoState, watch_page};
pub use session::{OssSession, SliceSession, UploadCredentials, UploadTarget};
pub use slice::{Check, CheckStatus, MAX_SLICE_LENGTH_KIB, NextSlice, Slice};
pub use tags::split_tags;
pub(crate) use title::find_unfit_character;
pub use title::{TITLE_CHARACTERS, clean_title};
pub use token::TokenPair;
pub(crate) use words::FILE_NAME;
pub use words::{CATEGORIES, CONTAINERS, CopyrightType, PublicType};
