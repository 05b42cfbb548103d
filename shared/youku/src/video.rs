//! A video to be: what Youku wants to know of it.

use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

use crate::Invalid;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyrightType {
    /// The uploader; Youku's default.
    Original,
    /// Somebody else.
    Reproduced,
}

/// Who may watch the video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicType {
    /// Everybody; Youku's default.
    All,
    /// The account's friends.
    Friend,
    /// Whoever has the watch password.
    Password,
}

/// Everything Youku wants to know before the first byte. Lengths are counted in characters (Unicode scalar values).
#[derive(Debug, Clone, Default)]
pub struct NewVideo {
    /// With an extension from [`CONTAINERS`], in any case.
    pub file_name: String,
    /// Bytes; at least 1.
    pub file_size: u64,
    /// MD5 of the whole file, 32 lower-case hex digits.
    pub file_md5: String,
    /// 1 to 60 characters.
    pub title: String,
    /// 1 to 10 tags of 2 to 20 characters, without commas.
    pub tags: Vec<String>,
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
    /// Degrees, -90 to 90.
    pub latitude: Option<f64>,
    /// Degrees, -180 to 180.
    pub longitude: Option<f64>,
    /// When it was shot. Passed on as it is; its form is not documented.
    pub shoot_time: Option<String>,
    /// Whether Youku should steady the picture; sent as 1 or 0.
    pub deshake: Option<bool>,
}

impl NewVideo {
    /// The file name's extension as it stands there, without the dot; `None` without one or without a name before it.
    pub fn extension(&self) -> Option<&str> {
        match self.file_name.rsplit_once('.')? {
            ("", _) | (_, "") => None,
            (_, extension) => Some(extension),
        }
    }

    /// The parameters of `create`, without the account's.
    pub(crate) fn form(&self) -> Vec<(&'static str, String)> {
        let password = match self.public_type {
            Some(PublicType::Password) => self.watch_password.as_ref(),
            _ => None,
        };
        let mut form = vec![
            ("file_name", self.file_name.clone()),
            ("file_size", self.file_size.to_string()),
            ("file_md5", self.file_md5.clone()),
            ("title", self.title.clone()),
            ("tags", self.tags.join(",")),
        ];
        let optional = [
            ("category", self.category.clone()),
            ("description", self.description.clone()),
            ("copyright_type", self.copyright_type.map(|kind| kind.as_str().to_owned())),
            ("public_type", self.public_type.map(|kind| kind.as_str().to_owned())),
            ("watch_password", password.map(|secret| secret.expose_secret().to_owned())),
            ("thumbnail", self.thumbnail.clone()),
            ("latitude", self.latitude.map(|degrees| degrees.to_string())),
            ("longitude", self.longitude.map(|degrees| degrees.to_string())),
            ("shoot_time", self.shoot_time.clone()),
            ("deshake", self.deshake.map(|wish| u8::from(wish).to_string())),
        ];
        form.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        form
    }
}

impl CopyrightType {
    /// Youku's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Reproduced => "reproduced",
        }
    }
}

impl PublicType {
    /// Youku's word for it.
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
            _ => Err(Invalid::text("copyright_type", "original or reproduced", word)),
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
            _ => Err(Invalid::text("public_type", "all, friend or password", word)),
        }
    }
}
