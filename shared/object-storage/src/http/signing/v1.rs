//! OSS's V1: HMAC-SHA1 over the date, a few headers and the decoded resource.

use std::fmt::Write as _;

use http::header::{CONTENT_TYPE, DATE, InvalidHeaderValue};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use reqsign_core::hash::base64_hmac_sha1;
use secrecy::ExposeSecret as _;

use super::canonical::{UnsignedRequest, authorize, collect_signed_headers, header_text, insert_token};
use crate::credentials::signing_keys::SigningKeys;

const TOKEN: HeaderName = HeaderName::from_static("x-oss-security-token");
/// The parameters of this crate's calls that belong to the resource; the others are not signed.
const SUB_RESOURCES: [&str; 9] = [
    "append",
    "continuation-token",
    "lifecycle",
    "partNumber",
    "position",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
];

pub(super) fn sign(
    keys: &SigningKeys,
    at: Timestamp,
    request: UnsignedRequest<'_>,
) -> Result<HeaderMap, InvalidHeaderValue> {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap_or_default();
    let mut headers = request.headers;
    headers.insert(DATE, HeaderValue::from_str(&date)?);
    insert_token(&mut headers, TOKEN, keys)?;
    let (md5, content_type) =
        (header_text(&headers, "content-md5"), header_text(&headers, CONTENT_TYPE.as_str()));
    let mut to_sign = format!("{}\n{md5}\n{content_type}\n{date}\n", request.method);
    for (name, value) in collect_signed_headers(&headers, |name| name.starts_with("x-oss-")) {
        let _written_to_memory = writeln!(to_sign, "{name}:{value}");
    }
    let _written_to_memory = write!(to_sign, "/{}/{}", request.bucket, request.key.unwrap_or_default());
    let mut named: Vec<_> = request.query.iter().filter(|(name, _)| SUB_RESOURCES.contains(name)).collect();
    named.sort_unstable();
    for (number, (name, value)) in named.into_iter().enumerate() {
        let (before, equals) = (if number == 0 { '?' } else { '&' }, if value.is_empty() { "" } else { "=" });
        let _written_to_memory = write!(to_sign, "{before}{name}{equals}{value}");
    }
    let signature = base64_hmac_sha1(keys.secret.expose_secret().as_bytes(), to_sign.as_bytes());
    authorize(&mut headers, &format!("OSS {}:{signature}", keys.id))?;
    Ok(headers)
}
