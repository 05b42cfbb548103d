//! The limits of Youku's newest page on a video's metadata.

use crate::youku::error::ApiError;
use crate::youku::params::Params;
use crate::youku::switches::{OverLimit, Switches};

const TITLE_MAX: usize = 60;

const TAGS_MAX: usize = 10;

const TAG_LENGTH: std::ops::RangeInclusive<usize> = 2..=20;

/// The page says "under 2,000" characters.
const DESCRIPTION_BELOW: usize = 2000;

pub(crate) const CATEGORIES: [&str; 25] = [
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

pub(crate) const PUBLIC_TYPES: [&str; 3] = ["all", "friend", "password"];

pub(crate) const COPYRIGHT_TYPES: [&str; 2] = ["original", "reproduced"];

pub(crate) fn check_word(name: &str, allowed: &[&str], word: &str) -> Result<String, ApiError> {
    if !allowed.contains(&word) {
        return Err(ApiError::parameter(name, "is none of the known values"));
    }
    Ok(word.to_owned())
}

pub(crate) fn check_title(title: &str, switches: &Switches) -> Result<String, ApiError> {
    let refused = || ApiError::parameter("title", "is longer than 60 characters");
    limit_text(title, TITLE_MAX, switches.long_title).ok_or_else(refused)
}

pub(crate) fn check_tags(tags: &str, switches: &Switches) -> Result<String, ApiError> {
    let mut list: Vec<_> = tags.split(',').collect();
    match switches.many_tags {
        OverLimit::Refused if list.len() > TAGS_MAX => {
            return Err(ApiError::parameter("tags", "are more than 10"));
        }
        OverLimit::Cut => list.truncate(TAGS_MAX),
        OverLimit::Refused | OverLimit::Taken => {}
    }
    let check_tag = |tag: &&str| {
        let is_long_enough = tag.chars().count() >= *TAG_LENGTH.start();
        limit_text(tag, *TAG_LENGTH.end(), switches.long_tag).filter(|_| is_long_enough)
    };
    let kept: Option<Vec<_>> = list.iter().map(check_tag).collect();
    let kept = kept.ok_or_else(|| ApiError::parameter("tags", "must have 2 to 20 characters each"))?;
    Ok(kept.join(","))
}

/// The text, or what is kept of one of more than `most` characters; `None` where that is refused.
fn limit_text(text: &str, most: usize, beyond: OverLimit) -> Option<String> {
    match beyond {
        OverLimit::Refused => (text.chars().count() <= most).then(|| text.to_owned()),
        OverLimit::Cut => Some(text.chars().take(most).collect()),
        OverLimit::Taken => Some(text.to_owned()),
    }
}

pub(crate) fn check_description(description: &str) -> Result<String, ApiError> {
    if description.chars().count() >= DESCRIPTION_BELOW {
        return Err(ApiError::parameter("description", "must be shorter than 2000 characters"));
    }
    Ok(description.to_owned())
}

pub(crate) fn check_file_name(name: &str) -> Result<String, ApiError> {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => Ok(name.to_owned()),
        _ => Err(ApiError::parameter("file_name", "has no extension")),
    }
}

pub(crate) fn read_file_size(params: &Params) -> Result<u64, ApiError> {
    match params.number("file_size")? {
        0 => Err(ApiError::parameter("file_size", "is zero")),
        size => Ok(size),
    }
}

pub(crate) fn check_file_md5(md5: &str) -> Result<String, ApiError> {
    let lower_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    if md5.len() != 32 || !md5.bytes().all(lower_hex) {
        return Err(ApiError::parameter("file_md5", "must be 32 lower-case hex digits"));
    }
    Ok(md5.to_owned())
}
