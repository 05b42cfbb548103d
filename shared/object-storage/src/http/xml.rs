//! The XML that buckets speak: a completion's list out, lists and failures in.

use percent_encoding::percent_decode_str;
use quick_xml::escape::escape;
use serde::Deserialize;

/// What is used of an `Error` document; all empty where there is none.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Failure {
    pub(super) code: Option<String>,
    pub(super) message: String,
    pub(super) request_id: Option<String>,
}

/// Whether this is an `Error` document, or was one before it was damaged.
pub(super) fn is_failure(text: &str) -> bool {
    text.contains("<Error") || text.contains("</Error>")
}

/// Whether this is a list of objects.
pub(super) fn is_list(text: &str) -> bool {
    parse::<ObjectList>(text).is_some()
}

/// Reads an `Error` document.
pub(super) fn parse_failure(text: &str) -> Failure {
    if is_failure(text) { quick_xml::de::from_str(text).unwrap_or_default() } else { Failure::default() }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Initiated {
    pub(super) upload_id: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct CompletedUpload {
    #[serde(rename = "ETag")]
    pub(super) etag: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Versioning {
    pub(super) status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ObjectList {
    pub(super) is_truncated: bool,
    next_continuation_token: Option<String>,
    encoding_type: Option<String>,
    #[serde(default)]
    pub(super) contents: Vec<Object>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Object {
    key: String,
    pub(super) size: u64,
    #[serde(rename = "ETag", default)]
    pub(super) etag: String,
    #[serde(default)]
    pub(super) last_modified: String,
}

impl ObjectList {
    /// The key of `object`, decoded where the list is encoded.
    pub(super) fn key(&self, object: &Object) -> String {
        self.decoded(&object.key)
    }

    /// Where the next page begins. OSS encodes it as it does keys.
    pub(super) fn next_token(&self) -> Option<String> {
        let token = self.next_continuation_token.as_deref().filter(|token| !token.is_empty())?;
        Some(self.decoded(token))
    }

    fn decoded(&self, text: &str) -> String {
        match self.encoding_type.as_deref() {
            Some("url") => percent_decode_str(text).decode_utf8_lossy().into_owned(),
            _ => text.to_owned(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PartList {
    #[serde(default)]
    pub(super) is_truncated: bool,
    pub(super) next_part_number_marker: Option<u32>,
    #[serde(default)]
    pub(super) part: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Part {
    #[serde(rename = "PartNumber")]
    pub(super) number: u32,
    pub(super) size: u64,
    #[serde(rename = "ETag")]
    pub(super) etag: String,
    #[serde(rename = "HashCrc64ecma")]
    pub(super) crc64: Option<u64>,
}

/// A document that a call answers. Nothing else is read as one: of a page of something in between nothing would be found in it, as in an
/// empty list.
pub(super) trait Document {
    /// The name of its root.
    const ROOT: &'static str;
}

impl Document for Initiated {
    const ROOT: &'static str = "InitiateMultipartUploadResult";
}

impl Document for CompletedUpload {
    const ROOT: &'static str = "CompleteMultipartUploadResult";
}

impl Document for Versioning {
    const ROOT: &'static str = "VersioningConfiguration";
}

impl Document for ObjectList {
    const ROOT: &'static str = "ListBucketResult";
}

impl Document for PartList {
    const ROOT: &'static str = "ListPartsResult";
}

/// Reads any of the documents above; `None` where it is not whole, or another.
pub(super) fn parse<'de, T: Document + Deserialize<'de>>(text: &'de str) -> Option<T> {
    let mut opened = text.split('<').skip(1).map(|tag| tag.split([' ', '>', '/', '\r', '\n', '\t']).next());
    let root = opened.find(|name| name.is_some_and(|name| !name.starts_with(['?', '!'])))??;
    let local = root.rsplit(':').next().unwrap_or(root);
    (local == T::ROOT).then(|| quick_xml::de::from_str(text).ok())?
}

/// Writes the body of a completion.
pub(super) fn write_completion(parts: &[(u32, String)]) -> String {
    let mut text = String::with_capacity(64 + parts.len() * 96);
    text.push_str("<CompleteMultipartUpload>");
    for (number, etag) in parts {
        text.push_str(&format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>\"{}\"</ETag></Part>",
            escape(etag.as_str())
        ));
    }
    text.push_str("</CompleteMultipartUpload>");
    text
}
