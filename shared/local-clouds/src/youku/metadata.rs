//! What create is told about a video, held to the limits of Youku's newest page.

use serde::{Deserialize, Serialize};

use super::error::Refusal;
use super::params::Params;

const TITLE_MAX: usize = 60;
const TAGS_MAX: usize = 10;
const TAG_LENGTH: std::ops::RangeInclusive<usize> = 2..=20;
/// The page says "under 2,000".
const DESCRIPTION_BELOW: usize = 2000;
const CATEGORIES: [&str; 25] = [
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

/// How the bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Into Youku's OSS bucket with STS credentials.
    Oss,
    /// To the slice server.
    Slice,
}

/// What create was told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Metadata {
    pub(super) title: String,
    /// Comma-joined, as it came.
    pub(super) tags: String,
    pub(super) description: String,
    pub(super) category: String,
    pub(super) public_type: String,
    pub(super) file_name: String,
    /// Bytes.
    pub(super) file_size: u64,
    /// Lower hex of the whole file; absent only for `isweb=1`.
    pub(super) file_md5: Option<String>,
    pub(super) mode: Mode,
}

impl Metadata {
    pub(super) fn read(params: &Params) -> Result<Self, Refusal> {
        let web = params.flag("isweb");
        let one_of = |name, allowed: &[&str], default: &str| match params.get(name).unwrap_or(default) {
            value if allowed.contains(&value) => Ok(value.to_owned()),
            _ => Err(Refusal::parameter(name, "is none of the known values")),
        };
        let public_type = one_of("public_type", &["all", "friend", "password"], "all")?;
        if public_type == "password" {
            params.required("watch_password")?;
        }
        one_of("copyright_type", &["original", "reproduced"], "original")?;
        Ok(Self {
            title: title(params.required("title")?)?,
            tags: tags(params.required("tags")?)?,
            description: description(params.get("description").unwrap_or_default())?,
            category: one_of("category", &CATEGORIES, "Others")?,
            public_type,
            file_name: file_name(params.required("file_name")?)?,
            file_size: file_size(params)?,
            file_md5: match params.get("file_md5") {
                None if web => None,
                None => return Err(Refusal::parameter("file_md5", "is missing")),
                Some(md5) => Some(file_md5(md5)?),
            },
            mode: if params.flag("isnew") { Mode::Oss } else { Mode::Slice },
        })
    }

    /// The extension of the file name, without the dot.
    pub(super) fn extension(&self) -> &str {
        self.file_name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

fn title(title: &str) -> Result<String, Refusal> {
    if title.chars().count() > TITLE_MAX {
        return Err(Refusal::parameter("title", "is longer than 60 characters"));
    }
    Ok(title.to_owned())
}

fn tags(tags: &str) -> Result<String, Refusal> {
    let list: Vec<_> = tags.split(',').collect();
    if list.len() > TAGS_MAX {
        return Err(Refusal::parameter("tags", "are more than 10"));
    }
    if !list.iter().all(|tag| TAG_LENGTH.contains(&tag.chars().count())) {
        return Err(Refusal::parameter("tags", "must have 2 to 20 characters each"));
    }
    Ok(tags.to_owned())
}

fn description(description: &str) -> Result<String, Refusal> {
    if description.chars().count() >= DESCRIPTION_BELOW {
        return Err(Refusal::parameter("description", "must be shorter than 2000 characters"));
    }
    Ok(description.to_owned())
}

fn file_name(name: &str) -> Result<String, Refusal> {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => Ok(name.to_owned()),
        _ => Err(Refusal::parameter("file_name", "has no extension")),
    }
}

fn file_size(params: &Params) -> Result<u64, Refusal> {
    match params.number("file_size")? {
        0 => Err(Refusal::parameter("file_size", "is zero")),
        size => Ok(size),
    }
}

fn file_md5(md5: &str) -> Result<String, Refusal> {
    let lower_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    if md5.len() != 32 || !md5.bytes().all(lower_hex) {
        return Err(Refusal::parameter("file_md5", "must be 32 lower-case hex digits"));
    }
    Ok(md5.to_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    const MD5: &str = "0123456789abcdef0123456789abcdef";

    fn read(changes: &[(&str, &str)]) -> Result<Metadata, Refusal> {
        let mut pairs = vec![
            ("title", "海边"),
            ("tags", "旅行,sea"),
            ("file_name", "a.b.mp4"),
            ("file_size", "5"),
            ("file_md5", MD5),
        ];
        pairs.extend_from_slice(changes);
        Metadata::read(&Params::of(&pairs))
    }

    #[test]
    fn defaults_are_filled_in() {
        let metadata = read(&[]).unwrap();
        assert_eq!((metadata.category.as_str(), metadata.public_type.as_str()), ("Others", "all"));
        assert_eq!((metadata.mode, metadata.extension()), (Mode::Slice, "mp4"));
    }

    #[test]
    fn limits_count_characters_and_hold_at_their_edges() {
        let (sixty, sixty_one) = ("海".repeat(60), "海".repeat(61));
        let (below, at) = ("字".repeat(1999), "字".repeat(2000));
        let (ten, eleven) = (["标签"; 10].join(","), ["标签"; 11].join(","));
        for fits in [("title", sixty.as_str()), ("description", &below), ("tags", &ten)] {
            assert!(read(&[fits]).is_ok(), "{}", fits.0);
        }
        for breaks in [("title", sixty_one.as_str()), ("description", &at), ("tags", &eleven)] {
            assert!(read(&[breaks]).unwrap_err().description.contains(breaks.0));
        }
    }

    #[test]
    fn each_rule_refuses_and_names_the_parameter() {
        for (name, value) in [
            ("title", ""),
            ("tags", "ok,x"),
            ("tags", "aaaaaaaaaaaaaaaaaaaaa"),
            ("file_name", "movie"),
            ("file_name", ".mp4"),
            ("file_size", "0"),
            ("file_size", "many"),
            ("file_md5", ""),
            ("file_md5", "0123456789ABCDEF0123456789ABCDEF"),
            ("category", "Cats"),
            ("public_type", "nobody"),
            ("copyright_type", "stolen"),
        ] {
            assert!(read(&[(name, value)]).unwrap_err().description.contains(name), "{name}={value}");
        }
        assert!(read(&[("public_type", "password")]).unwrap_err().description.contains("watch_password"));
        assert!(read(&[("public_type", "password"), ("watch_password", "x")]).is_ok());
    }

    #[test]
    fn only_a_web_upload_may_leave_the_md5_out() {
        assert_eq!(read(&[("file_md5", ""), ("isweb", "1")]).unwrap().file_md5, None);
        assert_eq!(read(&[("isnew", "1")]).unwrap().mode, Mode::Oss);
    }
}
