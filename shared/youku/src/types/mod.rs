//! What goes to Youku and what comes back.

mod edit;
mod invalid;
mod limits;
mod md5;
mod metadata;
mod metadata_field;
mod published;
mod session;
mod slice;
mod tags;
mod token;
mod visible_text;
mod words;

pub use edit::VideoEdit;
pub use invalid::{Found, Invalid};
pub use limits::{LIMITS, Limits, Range};
pub use md5::Md5;
pub use metadata::VideoMetadata;
pub use metadata_field::FieldKind;
pub use published::{OwnVideos, VideoInfo, VideoState, watch_page};
pub use session::{OssSession, SliceSession, UploadCredentials, UploadTarget};
pub use slice::{Check, CheckStatus, MAX_SLICE_LENGTH_KIB, NextSlice, Slice};
pub use tags::{TAG_SEPARATORS, clean_tags, split_tags};
pub use token::TokenPair;
pub use visible_text::{TITLE_CHARACTERS, clean_description, clean_title, with_unix_line_ends};
pub(crate) use visible_text::{find_unfit_in_line, find_unfit_in_lines};
pub use words::{CATEGORIES, CONTAINERS, CopyrightType, PublicType};
pub(crate) use words::{CATEGORY, FILE_NAME};
