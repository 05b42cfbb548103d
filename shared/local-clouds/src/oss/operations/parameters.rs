//! Query parameters that several operations share.

use crate::oss::encode::percent_encode;
use crate::oss::request::Request;
use crate::oss::xml::XmlWriter;

/// Encodes a name for XML if the caller asked for it: not every key can appear in XML.
pub(crate) fn encode_name(request: &Request, text: &str) -> String {
    if request.query.get("encoding-type") == Some("url") { percent_encode(text) } else { text.to_owned() }
}

pub(crate) fn upload_id(request: &Request) -> &str {
    request.query.get("uploadId").unwrap_or_default()
}

pub(crate) fn write_encoding_type(answer: &mut XmlWriter, request: &Request) {
    if request.query.get("encoding-type") == Some("url") {
        answer.text("EncodingType", "url");
    }
}
