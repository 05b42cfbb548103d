//! A video that is to be uploaded: what Youku wants to know of it before the first byte.

use super::{invalid::Invalid, md5::Md5};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Youku's categories; `Others` is its default.
pub const CATEGORIES: &[&str] = &[
    "TV",
    "Movies",
    "Variety",
    "Anime",
    "Music",
    "Education",
    "Documentary",
    "News",
    "Entertainment",
    "Sports",
    "Autos",
    "Tech",
    "Games",
    "LifeStyle",
    "Fashion",
    "Travel",
    "Parenting",
    "Humor",
    "Wdyg",
    "Wgju",
    "Pker",
    "Chyi",
    "Zpai",
    "Ads",
    "Others",
];

/// The file name extensions Youku accepts, lower case, without a dot.
pub const CONTAINERS: &[&str] = &[
    "wmv", "avi", "dat", "asf", "rm", "rmvb", "ram", "mpg", "mpeg", "3gp", "mov", "mp4", "m4v", "dvix", "dv",
    "mkv", "flv", "vob", "qt", "divx", "cpk", "fli", "flc", "mod",
];

/// Who made the video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CopyrightType {
    /// The uploader; Youku's default.
    Original,
    /// Somebody else.
    Reproduced,
}

/// Who may watch the video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PublicType {
    /// Everybody; Youku's default.
    All,
    /// The account's friends.
    Friend,
    /// Whoever has the watch password.
    Password,
}

/// What is said of a video. As a JSON object it has these fields, each optional, and no others.
///
/// Nothing here is checked: see [`NewVideo::validate`]. Lengths are counted in characters (Unicode scalar values).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VideoMetadata {
    /// 1 to 60 characters; Youku insists on one.
    pub title: Option<String>,
    /// 1 to 10 tags of 2 to 20 characters, without commas; Youku insists on one.
    pub tags: Option<Vec<String>>,
    /// One of [`CATEGORIES`].
    pub category: Option<String>,
    /// Under 2,000 characters.
    pub description: Option<String>,
    /// Youku assumes [`CopyrightType::Original`].
    pub copyright_type: Option<CopyrightType>,
    /// Youku assumes [`PublicType::All`].
    pub public_type: Option<PublicType>,
    /// Needed, and sent, with [`PublicType::Password`] only.
    pub watch_password: Option<SecretString>,
    /// Passed on as it is; its form is not documented.
    pub thumbnail: Option<String>,
    /// Degrees north, -90 to 90.
    pub latitude: Option<f64>,
    /// Degrees east, -180 to 180.
    pub longitude: Option<f64>,
    /// When it was shot. Passed on as it is; its form is not documented.
    pub shoot_time: Option<String>,
    /// Whether Youku should steady the picture; sent as 1 or 0.
    pub deshake: Option<bool>,
}

/// Everything Youku wants to know before the first byte.
#[derive(Debug, Clone)]
pub struct NewVideo {
    /// With an extension from [`CONTAINERS`], in any case.
    pub file_name: String,
    /// Bytes; at least 1.
    pub file_size: u64,
    /// MD5 of the whole file.
    pub file_md5: Md5,
    /// Title, tags and so on.
    pub metadata: VideoMetadata,
}

impl NewVideo {
    /// The file name's extension as it stands there, without the dot; `None` without one or without a name before it.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        extension(&self.file_name)
    }
}

/// The extension of a file's name, without the dot; `None` without one or without a name before it.
pub(crate) fn extension(file_name: &str) -> Option<&str> {
    match file_name.rsplit_once('.')? {
        ("", _) | (_, "") => None,
        (_, extension) => Some(extension),
    }
}

impl CopyrightType {
    /// Youku's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Reproduced => "reproduced",
        }
    }
}

impl PublicType {
    /// Youku's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Friend => "friend",
            Self::Password => "password",
        }
    }
}

impl FromStr for CopyrightType {
    type Err = Invalid;

    fn from_str(word: &str) -> Result<Self, Invalid> {
        match word {
            "original" => Ok(Self::Original),
            "reproduced" => Ok(Self::Reproduced),
            _ => Err(Invalid::from_text("copyright_type", "original or reproduced", word)),
        }
    }
}

impl FromStr for PublicType {
    type Err = Invalid;

    fn from_str(word: &str) -> Result<Self, Invalid> {
        match word {
            "all" => Ok(Self::All),
            "friend" => Ok(Self::Friend),
            "password" => Ok(Self::Password),
            _ => Err(Invalid::from_text("public_type", "all, friend or password", word)),
        }
    }
}
