//! Signs requests with V1, for tests of what the signature protects.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use http::{HeaderValue, Uri};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use percent_encoding::percent_decode_str;
use sha1::Sha1;

/// The parameters of these tests that V1 signs.
const SUBRESOURCES: [&str; 15] = [
    "acl",
    "append",
    "delete",
    "lifecycle",
    "objectMeta",
    "partNumber",
    "policy",
    "position",
    "sequential",
    "symlink",
    "tagging",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
];

/// Adds the date of now and the signature that belongs to it.
pub(super) fn sign_v1(parts: &mut Parts, id: &str, secret: &str) {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::now()).unwrap();
    // Bytes: clients send metadata in other character sets, too.
    let value = |name: &str| parts.headers.get(name).map_or(&b""[..], HeaderValue::as_bytes);
    let (md5, content_type) = (value("content-md5"), value("content-type"));
    let names = parts.headers.keys().map(|name| name.as_str()).filter(|name| name.starts_with("x-oss-"));
    let mut names = names.collect::<Vec<_>>();
    names.sort_unstable();
    let headers = names.iter().map(|name| [name.as_bytes(), b":", value(name), b"\n"].concat());
    let resource = signed_resource(&parts.uri);
    let first = [parts.method.as_str().as_bytes(), md5, content_type, date.as_bytes(), b""].join(&b'\n');
    let text = [first, headers.collect::<Vec<_>>().concat(), resource.into_bytes()].concat();
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(&text);
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    parts.headers.insert("date", HeaderValue::from_str(&date).unwrap());
    parts.headers.insert("authorization", HeaderValue::from_str(&format!("OSS {id}:{signature}")).unwrap());
}

/// Path and subresources, decoded.
fn signed_resource(uri: &Uri) -> String {
    let decode = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let pairs =
        uri.query().unwrap_or_default().split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut pairs = pairs.filter(|(name, _)| SUBRESOURCES.contains(name)).collect::<Vec<_>>();
    pairs.sort_unstable();
    let pairs = pairs.iter().map(|(name, value)| match *value {
        "" => (*name).to_owned(),
        value => format!("{name}={}", decode(value)),
    });
    let mut resource = decode(uri.path());
    if !resource.trim_start_matches('/').contains('/') {
        resource.push('/');
    }
    for (number, pair) in pairs.enumerate() {
        resource.push(if number == 0 { '?' } else { '&' });
        resource.push_str(&pair);
    }
    resource
}
