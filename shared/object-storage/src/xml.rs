//! The XML that buckets speak: a completion's list out, lists and failures in.

use percent_encoding::percent_decode_str;
use quick_xml::escape::escape;
use serde::Deserialize;

/// What is used of an `Error` document; all empty where there is none.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Failure {
    pub(crate) code: Option<String>,
    pub(crate) message: String,
    pub(crate) request_id: Option<String>,
}

/// Whether this is an `Error` document, or was one before it was damaged.
pub(crate) fn is_failure(text: &str) -> bool {
    text.contains("<Error") || text.contains("</Error>")
}

/// Reads an `Error` document.
pub(crate) fn failure(text: &str) -> Failure {
    if is_failure(text) { quick_xml::de::from_str(text).unwrap_or_default() } else { Failure::default() }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Initiated {
    pub(crate) upload_id: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CompletedUpload {
    #[serde(rename = "ETag")]
    pub(crate) etag: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Versioning {
    pub(crate) status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ObjectList {
    pub(crate) is_truncated: bool,
    encoding_type: Option<String>,
    #[serde(default)]
    pub(crate) contents: Vec<Object>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Object {
    key: String,
    pub(crate) size: u64,
    #[serde(rename = "ETag", default)]
    pub(crate) etag: String,
    #[serde(default)]
    pub(crate) last_modified: String,
}

impl ObjectList {
    /// The key of `object`, decoded where the list is encoded.
    pub(crate) fn key(&self, object: &Object) -> String {
        match self.encoding_type.as_deref() {
            Some("url") => percent_decode_str(&object.key).decode_utf8_lossy().into_owned(),
            _ => object.key.clone(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PartList {
    #[serde(default)]
    pub(crate) is_truncated: bool,
    #[serde(default)]
    pub(crate) part: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Part {
    #[serde(rename = "PartNumber")]
    pub(crate) number: u32,
    pub(crate) size: u64,
    #[serde(rename = "ETag")]
    pub(crate) etag: String,
    #[serde(rename = "HashCrc64ecma")]
    pub(crate) crc64: Option<u64>,
}

/// Reads any of the documents above.
pub(crate) fn parse<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, quick_xml::DeError> {
    quick_xml::de::from_str(text)
}

/// The body of a completion.
pub(crate) fn completion(parts: &[(u32, String)]) -> String {
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
