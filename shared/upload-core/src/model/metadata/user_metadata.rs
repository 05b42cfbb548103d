//! Metadata in an object's user metadata: one header for each field.

use super::{
    audience::PublicTypeOrigin,
    encoded_word::{WordError, decode_encoded_words, has_encoded_word},
    metadata_error::MetadataError,
    stated::StatedMetadata,
};
use crate::model::{
    preflight::Preflight,
    publication::{NO_PUBLISH_AT, PUBLISH_AT},
    timestamp::Timestamp,
};
use percent_encoding::percent_decode_str;
use std::{borrow::Cow, collections::BTreeMap};
use youku::VideoMetadata;

/// What the names of our user metadata begin with; `x-oss-meta-` stands before it on the wire.
const USER_METADATA_PREFIX: &str = "youku-";
/// Names that are read whatever the caller states: a mistake there may have been meant to hide the video.
const ALWAYS_READ: [&str; 2] = ["public-type", "watch-password"];

/// What the preflight does with a broken file: a field of ours, not of the video.
pub(super) const PREFLIGHT: &str = "preflight";
pub(super) const NO_PREFLIGHT: &str = "is not refuse, warn or off";

impl StatedMetadata {
    /// Reads an object's user metadata: `youku-title`, `youku-tags` (joined by commas), `youku-category`, ... with values in
    /// percent-encoded UTF-8, or in encoded words of RFC 2047 as S3 returns what is not ASCII. Names are lower case, without the store's
    /// own prefix; names of others are ignored. Values are the bytes that the store sent.
    ///
    /// # Errors
    /// The header whose name or value is not understood. A misspelt name is an error: it may have been meant to hide the video.
    pub fn from_user_metadata<V: AsRef<[u8]>>(headers: &BTreeMap<String, V>) -> Result<Self, MetadataError> {
        Self::from_user_metadata_below(headers, &Self::default())
    }

    /// Reads what `higher` does not state of an object's user metadata, and always `youku-public-type` and `youku-watch-password`.
    ///
    /// # Errors
    /// As [`from_user_metadata`](Self::from_user_metadata); unknown names are ignored if `higher` states a public type, since that
    /// already decides who may watch.
    pub fn from_user_metadata_below<V: AsRef<[u8]>>(
        headers: &BTreeMap<String, V>,
        higher: &Self,
    ) -> Result<Self, MetadataError> {
        let (mut found, mut preflight, mut publish_at) = (VideoMetadata::default(), None, None);
        for (header, value) in headers {
            let Some(name) = header.strip_prefix(USER_METADATA_PREFIX) else { continue };
            let field = name.replace('-', "_");
            let is_skipped = match higher.metadata.states(&field) {
                Some(is_stated) => is_stated && !ALWAYS_READ.contains(&name),
                None if name == PREFLIGHT => higher.preflight.is_some(),
                None if field == PUBLISH_AT => higher.publish_at.is_some(),
                None => higher.metadata.public_type.is_some(),
            };
            if is_skipped {
                continue;
            }
            let wrong = |problem: Cow<'static, str>| MetadataError::new(header, problem);
            let text = decode(value.as_ref()).map_err(wrong)?;
            if name == PREFLIGHT {
                let mode = Preflight::from_word(&text).ok_or_else(|| wrong(NO_PREFLIGHT.into()))?;
                preflight = Some(mode);
                continue;
            }
            if field == PUBLISH_AT && !name.contains('_') {
                let at = text.parse::<Timestamp>().map_err(|_| wrong(NO_PUBLISH_AT.into()))?;
                publish_at = Some(at);
                continue;
            }
            // With `_` it is not a name of ours.
            let is_known = !name.contains('_')
                && found
                    .set_from_text(&field, &text)
                    .map_err(|invalid| wrong(format!("is not {}", invalid.limit).into()))?;
            if !is_known {
                return Err(wrong("is not a known name".into()));
            }
        }
        let stated = Self::new(found, PublicTypeOrigin::Metadata);
        Ok(stated.with_preflight(preflight).with_publish_at(publish_at))
    }
}

/// Decodes a value. One that has encoded words is in that form wholly: a `%` in it is itself.
///
/// # Errors
/// What is wrong with it. What cannot be decoded is never published: neither replacement characters nor the encoded text is a title.
fn decode(value: &[u8]) -> Result<String, Cow<'static, str>> {
    let text = str::from_utf8(value).map_err(|_| "holds bytes that are not UTF-8: percent-encode it")?;
    if has_encoded_word(text) {
        return decode_encoded_words(text).map_err(|error| match error {
            WordError::Charset(name) => format!(
                "holds an encoded word (RFC 2047) in the character set {name}, which is not known here: write it in UTF-8"
            )
            .into(),
            WordError::Malformed => {
                "holds an encoded word (RFC 2047) that cannot be decoded as base64 or Q of UTF-8".into()
            }
        });
    }
    decode_percent(text).ok_or_else(|| "is not percent-encoded UTF-8".into())
}

/// The library passes a stray `%` on as it is; here it means that the value was never encoded.
fn decode_percent(value: &str) -> Option<String> {
    let is_escape = |at: usize| {
        let digits = value.as_bytes().get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !value.match_indices('%').all(|(at, _)| is_escape(at)) {
        return None;
    }
    Some(percent_decode_str(value).decode_utf8().ok()?.into_owned())
}
