//! What the headers of an answer say.

use crate::{
    config::Provider,
    types::{ObjectHead, PutReceipt},
};
use ::error::retry_after;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{
    HeaderMap, HeaderName,
    header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, LAST_MODIFIED},
};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

const CRC64: &str = "x-oss-hash-crc64ecma";
const OBJECT_TYPE: &str = "x-oss-object-type";
const S3_ENCRYPTION: &str = "x-amz-server-side-encryption";
const S3_CUSTOMER_KEY: &str = "x-amz-server-side-encryption-customer-algorithm";
const S3_CHECKSUM_MD5: &str = "x-amz-checksum-md5";
const S3_CHECKSUM_TYPE: &str = "x-amz-checksum-type";
const S3_MISSING_METADATA: &str = "x-amz-missing-meta";
/// No store is busy for longer; Youku's client has the same limit.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// 16 bytes in base64, with the padding.
const MD5_IN_BASE64: usize = 24;

/// One header as text.
pub(super) fn text(headers: &HeaderMap, name: impl http::header::AsHeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// An ETag without its quotes.
pub(super) fn without_quotes(etag: &str) -> String {
    etag.trim().trim_start_matches("W/").trim_matches('"').to_owned()
}

pub(super) fn etag(headers: &HeaderMap) -> Option<String> {
    text(headers, ETAG).map(|etag| without_quotes(&etag)).filter(|etag| !etag.is_empty())
}

pub(super) fn crc64(headers: &HeaderMap) -> Option<u64> {
    text(headers, CRC64)?.trim().parse().ok()
}

pub(super) fn version_id(headers: &HeaderMap) -> Option<String> {
    version(headers).filter(|id| id != "null")
}

/// The version that the answer names: `null` on buckets whose versioning is suspended.
fn version(headers: &HeaderMap) -> Option<String> {
    text(headers, "x-oss-version-id").or_else(|| text(headers, "x-amz-version-id"))
}

pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    text(headers, "x-oss-request-id").or_else(|| text(headers, "x-amz-request-id"))
}

pub(super) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    http_date(headers, DATE)
}

pub(super) fn length(headers: &HeaderMap) -> Option<u64> {
    text(headers, CONTENT_LENGTH)?.trim().parse().ok()
}

/// First byte, last byte and object size of `Content-Range: bytes a-b/size`.
pub(super) fn content_range(headers: &HeaderMap) -> Option<(u64, u64, Option<u64>)> {
    let value = text(headers, CONTENT_RANGE)?;
    let (range, size) = value.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, size.parse().ok()))
}

/// Whether the answer carries the id that OSS and S3 give each request, refusals without a body included.
pub(super) fn names_request(headers: &HeaderMap) -> bool {
    ["x-oss-request-id", "x-amz-request-id", "x-amz-id-2"].iter().any(|name| headers.contains_key(*name))
}

/// The shortest wait the server asks for, held to [`LONGEST_WAIT`].
pub(super) fn requested_wait(headers: &HeaderMap) -> Option<Duration> {
    let milliseconds = text(headers, "x-oss-qos-delay-time")
        .and_then(|value| value.trim().parse().ok())
        .map(Duration::from_millis);
    milliseconds.map(|wait| wait.min(LONGEST_WAIT)).or_else(|| retry_after(headers, LONGEST_WAIT))
}

/// `None` where size or ETag is missing: then it is not an answer to a HEAD or GET of an object.
pub(super) fn object_head(provider: Provider, headers: &HeaderMap) -> Option<ObjectHead> {
    let etag = etag(headers)?;
    let prefix = if provider == Provider::S3 { "x-amz-meta-" } else { "x-oss-meta-" };
    let metadata = headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix(prefix)?;
        // What is not UTF-8 must be seen to be refused.
        Some((name.to_owned(), value.as_bytes().to_vec()))
    });
    Some(ObjectHead {
        size: length(headers)?,
        version_id: version_id(headers),
        content_md5: match provider {
            Provider::S3 => s3_checksum(headers).or_else(|| s3_md5(headers, &etag)),
            Provider::Oss | Provider::Folder => content_md5(headers),
        },
        crc64: crc64(headers),
        last_modified: http_date(headers, LAST_MODIFIED),
        date: date(headers),
        object_type: text(headers, OBJECT_TYPE),
        content_type: text(headers, CONTENT_TYPE),
        missing_metadata: if provider == Provider::S3 { missing_metadata(headers) } else { 0 },
        user_metadata: metadata.collect::<BTreeMap<_, _>>(),
        etag,
    })
}

pub(super) fn put_receipt(headers: &HeaderMap) -> Option<PutReceipt> {
    Some(PutReceipt {
        etag: etag(headers)?,
        crc64: crc64(headers),
        version_id: version_id(headers),
        versioned: version(headers).is_some(),
        date: date(headers),
    })
}

/// Entries of user metadata that S3 left out, such as those whose bytes no header can carry.
fn missing_metadata(headers: &HeaderMap) -> u32 {
    text(headers, S3_MISSING_METADATA).map_or(0, |count| count.trim().parse().unwrap_or(1))
}

/// OSS's MD5 of an object that was put in one request. On others the header may be the last append's, or what somebody stated.
fn content_md5(headers: &HeaderMap) -> Option<[u8; 16]> {
    if text(headers, OBJECT_TYPE).is_some_and(|kind| kind != "Normal") {
        return None;
    }
    md5_from_base64(&text(headers, "content-md5")?)
}

/// S3's own MD5 of the whole object. That of a multipart object is another thing (`COMPOSITE`): a digest of its parts' digests.
fn s3_checksum(headers: &HeaderMap) -> Option<[u8; 16]> {
    let whole = text(headers, S3_CHECKSUM_TYPE).is_some_and(|of| of.trim() == "FULL_OBJECT");
    whole.then(|| md5_from_base64(&text(headers, S3_CHECKSUM_MD5)?)).flatten()
}

fn md5_from_base64(text: &str) -> Option<[u8; 16]> {
    let text = text.trim();
    (text.len() == MD5_IN_BASE64).then(|| BASE64.decode(text).ok()?.try_into().ok()).flatten()
}

/// S3's ETag is the MD5 of an object that was put in one request and not encrypted with KMS or a customer's key.
fn s3_md5(headers: &HeaderMap, etag: &str) -> Option<[u8; 16]> {
    let opaque = text(headers, S3_ENCRYPTION).is_some_and(|how| how != "AES256")
        || headers.contains_key(S3_CUSTOMER_KEY);
    if opaque || etag.len() != 32 {
        return None;
    }
    let mut md5 = [0; 16];
    base16ct::mixed::decode(etag, &mut md5).ok()?;
    Some(md5)
}

fn http_date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    let value = text(headers, name)?;
    Some(jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value.trim()).ok()?.into())
}

/// A time as lists write it: `2026-11-22T07:20:04.000Z`.
pub(super) fn iso_time(value: &str) -> Option<SystemTime> {
    Some(value.trim().parse::<jiff::Timestamp>().ok()?.into())
}
