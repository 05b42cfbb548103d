//! The metadata that create receives.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::youku::error::ApiError;
use crate::youku::metadata_rules::{
    CATEGORIES, COPYRIGHT_TYPES, PUBLIC_TYPES, check_description, check_file_md5, check_file_name,
    check_tags, check_title, check_word, read_file_size,
};
use crate::youku::params::Params;
use crate::youku::switches::Switches;

/// How the bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Into Youku's OSS bucket with STS credentials.
    Oss,
    /// To the slice server.
    Slice,
}

/// The metadata that create received.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) title: String,
    /// Comma-joined, as received.
    pub(crate) tags: String,
    pub(crate) description: String,
    pub(crate) category: String,
    pub(crate) public_type: String,
    #[serde(default)]
    pub(crate) watch_password: Option<String>,
    pub(crate) file_name: String,
    /// Bytes.
    pub(crate) file_size: u64,
    /// Lower hex of the whole file; absent only for `isweb=1`.
    pub(crate) file_md5: Option<String>,
    pub(crate) mode: Mode,
}

impl Metadata {
    pub(crate) fn from_params(params: &Params, switches: &Switches) -> Result<Self, ApiError> {
        let web = params.flag("isweb");
        let one_of =
            |name, allowed: &[&str], default| check_word(name, allowed, params.get(name).unwrap_or(default));
        let public_type = one_of("public_type", &PUBLIC_TYPES, "all")?;
        if public_type == "password" {
            params.require("watch_password")?;
        }
        one_of("copyright_type", &COPYRIGHT_TYPES, "original")?;
        Ok(Self {
            title: check_title(params.require("title")?, switches)?,
            tags: check_tags(params.require("tags")?, switches)?,
            description: check_description(params.get("description").unwrap_or_default())?,
            category: one_of("category", &CATEGORIES, "Others")?,
            public_type,
            watch_password: params.get("watch_password").map(str::to_owned),
            file_name: check_file_name(params.require("file_name")?)?,
            file_size: read_file_size(params)?,
            file_md5: match params.get("file_md5") {
                None if web => None,
                None => return Err(ApiError::parameter("file_md5", "is missing")),
                Some(md5) => Some(check_file_md5(md5)?),
            },
            mode: if params.flag("isnew") { Mode::Oss } else { Mode::Slice },
        })
    }

    /// The fields that an update could change.
    pub(crate) fn stated_fields(&self) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::from([
            ("title".to_owned(), self.title.clone()),
            ("tags".to_owned(), self.tags.clone()),
            ("category".to_owned(), self.category.clone()),
            ("description".to_owned(), self.description.clone()),
            ("public_type".to_owned(), self.public_type.clone()),
        ]);
        fields.extend(self.watch_password.iter().map(|word| ("watch_password".to_owned(), word.clone())));
        fields
    }

    /// The extension of the file name, without the dot.
    pub(crate) fn extension(&self) -> &str {
        self.file_name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::youku::switches::OverLimit;

    const MD5: &str = "0123456789abcdef0123456789abcdef";

    fn read(changes: &[(&str, &str)]) -> Result<Metadata, ApiError> {
        read_switched(changes, &Switches::default())
    }

    fn read_switched(changes: &[(&str, &str)], switches: &Switches) -> Result<Metadata, ApiError> {
        let mut pairs = vec![
            ("title", "海边"),
            ("tags", "旅行,sea"),
            ("file_name", "a.b.mp4"),
            ("file_size", "5"),
            ("file_md5", MD5),
        ];
        pairs.extend_from_slice(changes);
        Metadata::from_params(&Params::from_pairs(&pairs), switches)
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

    /// Beyond a limit a text is refused, cut or taken, each by a switch of its own; what is within stays whole.
    #[test]
    fn what_is_beyond_a_limit_may_be_cut_or_taken() {
        let title = |length| "海".repeat(length);
        let tags = |count, length| vec!["签".repeat(length); count].join(",");
        let within = [("title", title(60)), ("tags", tags(10, 20))];
        let at =
            |at: OverLimit| Switches { long_title: at, long_tag: at, many_tags: at, ..Switches::default() };
        for (switches, [long_title, long_tag, many_tags]) in [
            (at(OverLimit::Cut), [title(60), tags(1, 20), tags(10, 2)]),
            (at(OverLimit::Taken), [title(61), tags(1, 21), tags(11, 2)]),
        ] {
            let read = |name, text: &str| read_switched(&[(name, text)], &switches).unwrap();
            for (name, text) in &within {
                let kept = read(name, text);
                assert!([&kept.title, &kept.tags].contains(&text), "{switches:?}");
            }
            assert_eq!(read("title", &title(61)).title, long_title);
            assert_eq!(read("tags", &tags(1, 21)).tags, long_tag);
            assert_eq!(read("tags", &tags(11, 2)).tags, many_tags);
            assert!(read_switched(&[("tags", "ok,x")], &switches).is_err());
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
