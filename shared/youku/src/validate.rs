//! Youku's limits for metadata, by its newest page, checked before anything is sent.
//!
//! Characters are Unicode scalar values: a Chinese character counts as one.

use crate::types::{
    CATEGORIES, CATEGORY, CONTAINERS, FILE_NAME, Invalid, LIMITS, PublicType, Range, VideoMetadata,
    find_unfit_in_line, find_unfit_in_lines,
};
use secrecy::ExposeSecret;

/// What a stated title or tag must be, besides its length: a person corrects it, so that it is not published as another one.
const VISIBLE_LINE: &str = "free of line breaks, control characters and invisible characters";
/// What a stated description must be.
const VISIBLE_LINES: &str =
    "free of invisible characters and of control characters other than line breaks and tabs";
/// Longest extension that an error repeats, in characters: what is longer is a text with a dot in it.
const MAX_NAMED_EXTENSION: usize = 10;

/// Checks every limit.
///
/// # Errors
/// The first limit that is broken.
pub(crate) fn validate(file_name: &str, file_size: u64, metadata: &VideoMetadata) -> Result<(), Invalid> {
    validate_file(file_name, file_size)?;
    validate_words(metadata)?;
    validate_access(metadata)?;
    check_degrees("latitude", "-90 to 90 degrees", metadata.latitude, 90.0)?;
    check_degrees("longitude", "-180 to 180 degrees", metadata.longitude, 180.0)
}

/// Checks what an edit states, as [`validate`] does, and nothing that it leaves as it is.
///
/// # Errors
/// The first limit that is broken.
pub(crate) fn validate_edit(metadata: &VideoMetadata) -> Result<(), Invalid> {
    if metadata.title.is_some() {
        validate_title(metadata)?;
    }
    if metadata.tags.is_some() {
        validate_tags(metadata)?;
    }
    if metadata.description.as_ref().is_some_and(String::is_empty) {
        return Err(Invalid::from_limit("description", "more than an empty text"));
    }
    validate_texts(metadata)?;
    validate_access(metadata)
}

fn validate_words(metadata: &VideoMetadata) -> Result<(), Invalid> {
    validate_title(metadata)?;
    validate_tags(metadata)?;
    validate_texts(metadata)
}

fn validate_title(metadata: &VideoMetadata) -> Result<(), Invalid> {
    let title = metadata.title.as_deref().unwrap_or_default();
    check_length("title", "1 to 60", LIMITS.title, title)?;
    if title.trim().is_empty() {
        return Err(Invalid::from_limit("title", "more than white space"));
    }
    check_visible("title", VISIBLE_LINE, find_unfit_in_line(title))
}

fn validate_tags(metadata: &VideoMetadata) -> Result<(), Invalid> {
    let tags = metadata.tags.as_deref().unwrap_or_default();
    if !LIMITS.tags.contains(tags.len()) {
        return Err(Invalid::from_count("tags", "1 to 10", tags.len()));
    }
    for (index, tag) in tags.iter().enumerate() {
        let field = format!("tags[{index}]");
        if tag.contains(',') {
            return Err(Invalid::from_limit(field, "free of commas"));
        }
        check_visible(&field, VISIBLE_LINE, find_unfit_in_line(tag))?;
        check_length(&field, "2 to 20", LIMITS.tag, tag)?;
    }
    Ok(())
}

fn validate_texts(metadata: &VideoMetadata) -> Result<(), Invalid> {
    if let Some(category) = &metadata.category
        && !CATEGORIES.contains(&category.as_str())
    {
        return Err(Invalid::new("category", CATEGORY, "an unknown one"));
    }
    let description = metadata.description.as_deref().unwrap_or_default();
    check_visible("description", VISIBLE_LINES, find_unfit_in_lines(description))?;
    check_length("description", "at most 1999", LIMITS.description, description)
}

fn validate_access(metadata: &VideoMetadata) -> Result<(), Invalid> {
    let given = metadata.watch_password.as_ref();
    let password = given.map_or("", |password| password.expose_secret());
    if metadata.public_type == Some(PublicType::Password) && password.is_empty() {
        return Err(Invalid::from_limit("watch_password", "given with public_type password"));
    }
    // Youku takes it and publishes the video for everybody: whoever stated a password meant to protect it.
    if given.is_some() && metadata.public_type != Some(PublicType::Password) {
        let public_type = metadata.public_type.unwrap_or(PublicType::All).as_str();
        let found = format!("with public_type {public_type}");
        return Err(Invalid::new("watch_password", "stated with public_type password", found));
    }
    Ok(())
}

fn validate_file(file_name: &str, file_size: u64) -> Result<(), Invalid> {
    let extension = extension(file_name).unwrap_or_default().to_ascii_lowercase();
    if !CONTAINERS.contains(&extension.as_str()) {
        let found = match extension.chars().count() {
            0 => "a name without one".to_owned(),
            1..=MAX_NAMED_EXTENSION => format!(".{extension}"),
            length => format!("an extension of {length} characters"),
        };
        return Err(Invalid::new("file_name", FILE_NAME, found));
    }
    if file_size == 0 {
        return Err(Invalid::new("file_size", "at least 1 byte", "0 bytes"));
    }
    Ok(())
}

/// `unfit` is the first character that the text may not have.
fn check_visible(field: &str, limit: &'static str, unfit: Option<char>) -> Result<(), Invalid> {
    let found = unfit.map(|unfit| format!("a text with U+{:04X}", u32::from(unfit)));
    found.map_or(Ok(()), |found| Err(Invalid::new(field, limit, found)))
}

fn check_length(field: &str, limit: &'static str, range: Range, value: &str) -> Result<(), Invalid> {
    if range.contains(value.chars().count()) {
        return Ok(());
    }
    Err(Invalid::from_text(field, limit, value))
}

fn check_degrees(field: &str, limit: &'static str, value: Option<f64>, most: f64) -> Result<(), Invalid> {
    match value {
        Some(degrees) if !(-most..=most).contains(&degrees) => Err(Invalid::new(field, limit, degrees)),
        _ => Ok(()),
    }
}

/// Splits the extension off a file's name, without the dot; `None` without one or without a name before it.
fn extension(file_name: &str) -> Option<&str> {
    match file_name.rsplit_once('.')? {
        ("", _) | (_, "") => None,
        (_, extension) => Some(extension),
    }
}
