//! Youku's words for a video: categories, containers, copyright and audience.

use super::invalid::Invalid;
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

/// What a file's name must be, with all of [`CONTAINERS`].
pub(crate) const FILE_NAME: &str = "a name with the extension of a video on Youku's list (wmv, avi, dat, asf, rm, rmvb, ram, mpg, mpeg, 3gp, \
     mov, mp4, m4v, dvix, dv, mkv, flv, vob, qt, divx, cpk, fli, flc, mod)";

/// What a category must be, with all of [`CATEGORIES`].
pub(crate) const CATEGORY: &str = "one of Youku's categories to the letter (TV, Movies, Variety, Anime, Music, Education, Documentary, News, \
     Entertainment, Sports, Autos, Tech, Games, LifeStyle, Fashion, Travel, Parenting, Humor, Wdyg, Wgju, Pker, Chyi, Zpai, Ads, Others)";

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

/// What was found in place of one of a few words. It is not repeated: it may be a password in the wrong field.
const OTHER_WORD: &str = "another word";

impl FromStr for CopyrightType {
    type Err = Invalid;

    fn from_str(word: &str) -> Result<Self, Invalid> {
        match word {
            "original" => Ok(Self::Original),
            "reproduced" => Ok(Self::Reproduced),
            _ => Err(Invalid::new("copyright_type", "original or reproduced", OTHER_WORD)),
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
            _ => Err(Invalid::new("public_type", "all, friend or password", OTHER_WORD)),
        }
    }
}
