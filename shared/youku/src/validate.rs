//! Youku's limits for metadata, by its newest page, checked before anything is sent.
//!
//! Characters are Unicode scalar values: a Chinese character counts as one.

use std::ops::RangeInclusive;

use secrecy::ExposeSecret;

use crate::{CATEGORIES, CONTAINERS, NewVideo, PublicType};

const TITLE: RangeInclusive<usize> = 1..=60;
const TAGS: RangeInclusive<usize> = 1..=10;
const TAG: RangeInclusive<usize> = 2..=20;
const DESCRIPTION: RangeInclusive<usize> = 0..=1999;
const MD5_DIGITS: usize = 32;

/// A limit of Youku's that the metadata breaks. The value itself is not repeated: it may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be {limit}, not {length}")]
pub struct Invalid {
    /// Youku's name of the parameter, with an index for one of several: `tags[2]`.
    pub field: String,
    /// What Youku accepts.
    pub limit: &'static str,
    /// How long the value is, with its unit: `61 characters`.
    pub length: String,
}

impl Invalid {
    pub(crate) fn new(field: impl Into<String>, limit: &'static str, length: impl ToString) -> Self {
        Self { field: field.into(), limit, length: length.to_string() }
    }

    pub(crate) fn text(field: impl Into<String>, limit: &'static str, value: &str) -> Self {
        let length = value.chars().count();
        let unit = if length == 1 { "character" } else { "characters" };
        Self::new(field, limit, format!("{length} {unit}"))
    }
}

impl NewVideo {
    /// Checks every limit of Youku's newest page; [`Client`](crate::Client) does so before each create.
    ///
    /// # Errors
    /// The first limit that is broken.
    pub fn validate(&self) -> Result<(), Invalid> {
        self.validate_file()?;
        self.validate_words()?;
        self.validate_access()?;
        check_degrees("latitude", "-90 to 90 degrees", self.latitude, 90.0)?;
        check_degrees("longitude", "-180 to 180 degrees", self.longitude, 180.0)
    }

    fn validate_file(&self) -> Result<(), Invalid> {
        let extension = self.extension().unwrap_or_default().to_ascii_lowercase();
        if !CONTAINERS.contains(&extension.as_str()) {
            let limit = "a name with the extension of a video container that Youku accepts";
            return Err(Invalid::text("file_name", limit, &self.file_name));
        }
        if self.file_size == 0 {
            return Err(Invalid::new("file_size", "at least 1 byte", "0 bytes"));
        }
        let hex = |digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        if self.file_md5.len() != MD5_DIGITS || !self.file_md5.bytes().all(hex) {
            let limit = "32 lower-case hex digits";
            return Err(Invalid::text("file_md5", limit, &self.file_md5));
        }
        Ok(())
    }

    fn validate_words(&self) -> Result<(), Invalid> {
        check_length("title", "1 to 60 characters", TITLE, &self.title)?;
        if self.title.trim().is_empty() {
            return Err(Invalid::text("title", "more than white space", &self.title));
        }
        if !TAGS.contains(&self.tags.len()) {
            let length = format!("{} tags", self.tags.len());
            return Err(Invalid::new("tags", "1 to 10 tags", length));
        }
        for (index, tag) in self.tags.iter().enumerate() {
            let field = format!("tags[{index}]");
            if tag.contains(',') {
                return Err(Invalid::text(field, "free of commas", tag));
            }
            check_length(&field, "2 to 20 characters", TAG, tag)?;
        }
        if let Some(category) = &self.category
            && !CATEGORIES.contains(&category.as_str())
        {
            let limit = "one of Youku's categories";
            return Err(Invalid::text("category", limit, category));
        }
        let description = self.description.as_deref().unwrap_or_default();
        let limit = "under 2000 characters";
        check_length("description", limit, DESCRIPTION, description)
    }

    fn validate_access(&self) -> Result<(), Invalid> {
        let given = self.watch_password.as_ref();
        let password = given.map_or("", |password| password.expose_secret());
        if self.public_type == Some(PublicType::Password) && password.is_empty() {
            let limit = "given with public_type password";
            return Err(Invalid::text("watch_password", limit, password));
        }
        Ok(())
    }
}

fn check_length(
    field: &str,
    limit: &'static str,
    range: RangeInclusive<usize>,
    value: &str,
) -> Result<(), Invalid> {
    if range.contains(&value.chars().count()) {
        return Ok(());
    }
    Err(Invalid::text(field, limit, value))
}

fn check_degrees(field: &str, limit: &'static str, value: Option<f64>, most: f64) -> Result<(), Invalid> {
    match value {
        Some(degrees) if !(-most..=most).contains(&degrees) => Err(Invalid::new(field, limit, degrees)),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::testing::a_video;

    fn broken(change: impl FnOnce(&mut NewVideo)) -> Invalid {
        let mut video = a_video();
        change(&mut video);
        video.validate().unwrap_err()
    }

    fn accepted(change: impl FnOnce(&mut NewVideo)) -> bool {
        let mut video = a_video();
        change(&mut video);
        video.validate().is_ok()
    }

    #[test]
    fn a_title_of_sixty_chinese_characters_is_accepted_and_one_more_is_not() {
        assert!(accepted(|video| video.title = "影".repeat(60)));
        let invalid = broken(|video| video.title = "影".repeat(61));
        assert_eq!(invalid.to_string(), "title must be 1 to 60 characters, not 61 characters");
    }

    #[test]
    fn a_title_must_say_something() {
        assert_eq!(broken(|video| video.title.clear()).field, "title");
        assert_eq!(broken(|video| video.title = "  ".to_owned()).field, "title");
    }

    #[test]
    fn tags_are_one_to_ten_of_two_to_twenty_characters() {
        assert!(accepted(|video| video.tags = vec!["标签".repeat(10); 10]));
        assert_eq!(
            broken(|video| video.tags = vec!["tag".to_owned(); 11]),
            Invalid::new("tags", "1 to 10 tags", "11 tags")
        );
        assert_eq!(broken(|video| video.tags.clear()).length, "0 tags");
        let one_letter = broken(|video| video.tags = vec!["ok".to_owned(), "影".to_owned()]);
        assert_eq!(one_letter.to_string(), "tags[1] must be 2 to 20 characters, not 1 character");
        let long = broken(|video| video.tags = vec!["标".repeat(21)]);
        assert_eq!(long.length, "21 characters");
    }

    #[test]
    fn a_tag_with_a_comma_would_become_two() {
        let invalid = broken(|video| video.tags = vec!["news,sports".to_owned()]);
        assert_eq!((invalid.field.as_str(), invalid.limit), ("tags[0]", "free of commas"));
    }

    #[test]
    fn a_description_has_less_than_two_thousand_characters() {
        assert!(accepted(|video| video.description = Some("文".repeat(1999))));
        let invalid = broken(|video| video.description = Some("文".repeat(2000)));
        assert_eq!(invalid.length, "2000 characters");
    }

    #[test]
    fn a_category_is_one_of_the_list_to_the_letter() {
        for category in CATEGORIES {
            assert!(accepted(|video| video.category = Some((*category).to_owned())));
        }
        let invalid = broken(|video| video.category = Some("news".to_owned()));
        assert_eq!(invalid.field, "category");
    }

    #[test]
    fn a_password_video_needs_its_password_and_the_error_does_not_show_it() {
        let invalid = broken(|video| video.public_type = Some(PublicType::Password));
        assert_eq!(invalid.field, "watch_password");
        assert!(accepted(|video| {
            video.public_type = Some(PublicType::Password);
            video.watch_password = Some("open sesame".into());
        }));
    }

    #[test]
    fn an_extension_outside_the_accepted_containers_is_refused() {
        assert!(accepted(|video| video.file_name = "片.final.MP4".to_owned()));
        for name in ["a.webm", "mp4", ".mp4", "a.mp4.", "a.mp4.txt", ""] {
            assert_eq!(broken(|video| video.file_name = name.to_owned()).field, "file_name");
        }
    }

    #[test]
    fn the_md5_is_thirty_two_lower_case_hex_digits() {
        for md5 in ["", "abc", &"A".repeat(32), &"g".repeat(32), &"a".repeat(33)] {
            assert_eq!(broken(|video| video.file_md5 = md5.to_owned()).field, "file_md5");
        }
    }

    #[test]
    fn an_empty_file_is_refused() {
        assert_eq!(broken(|video| video.file_size = 0).field, "file_size");
    }

    #[test]
    fn a_place_must_be_on_the_globe() {
        assert!(accepted(|video| {
            (video.latitude, video.longitude) = (Some(-90.0), Some(180.0));
        }));
        assert_eq!(broken(|video| video.latitude = Some(90.5)).field, "latitude");
        assert_eq!(broken(|video| video.longitude = Some(f64::NAN)).field, "longitude");
    }
}
