//! Signatures: OSS's V4 and V1, and S3's, which V4 resembles.
//!
//! They are made here because a request must be signable with another time than this machine's, and reqsign's signers take no time.

mod v1;
mod v4;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use http::header::{AUTHORIZATION, InvalidHeaderValue};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use url::Url;

use crate::key_ring::Keys;

/// A way to sign, with what it needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scheme {
    OssV1,
    OssV4 { region: String },
    S3 { region: String },
}

/// One request as the signer sees it.
pub(crate) struct Unsigned<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a Url,
    pub(crate) bucket: &'a str,
    /// Not encoded, as the query is not.
    pub(crate) key: Option<&'a str>,
    pub(crate) query: &'a [(&'static str, String)],
    pub(crate) headers: HeaderMap,
}

/// Adds the signature of the time `at` to the request's headers and answers them all.
///
/// Whatever the URL looks like, OSS signs `/bucket/key`. Of the headers only those are signed that every client signs.
pub(crate) fn sign(
    scheme: &Scheme,
    keys: &Keys,
    at: SystemTime,
    request: Unsigned<'_>,
) -> Result<HeaderMap, InvalidHeaderValue> {
    let at = Timestamp::try_from(at).unwrap_or_default();
    match scheme {
        Scheme::OssV1 => v1::sign(keys, at, request),
        Scheme::OssV4 { region } => v4::sign(&v4::OSS, region, keys, at, request),
        Scheme::S3 { region } => v4::sign(&v4::S3, region, keys, at, request),
    }
}

/// Signed headers and their values, in the order of their names.
fn signed_headers(headers: &HeaderMap, is_signed: impl Fn(&str) -> bool) -> Vec<(&str, String)> {
    let signed = headers.keys().map(HeaderName::as_str).filter(|name| is_signed(name));
    let mut signed: Vec<_> = signed.map(|name| (name, text(headers, name))).collect();
    signed.sort_unstable_by_key(|(name, _)| *name);
    signed
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers
        .get(name)
        .map_or_else(String::new, |value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
}

fn insert_token(headers: &mut HeaderMap, name: HeaderName, keys: &Keys) -> Result<(), InvalidHeaderValue> {
    if let Some(token) = &keys.token {
        headers.insert(name, hidden(token.expose_secret())?);
    }
    Ok(())
}

fn authorize(headers: &mut HeaderMap, authorization: &str) -> Result<(), InvalidHeaderValue> {
    headers.insert(AUTHORIZATION, hidden(authorization)?);
    Ok(())
}

fn hidden(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Endpoints and buckets that refused V4, for the life of the process.
static WANT_V1: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

pub(crate) fn wants_v1(identity: &str) -> bool {
    WANT_V1.lock().unwrap_or_else(PoisonError::into_inner).contains(identity)
}

pub(crate) fn remember_v1(identity: &str) {
    WANT_V1.lock().unwrap_or_else(PoisonError::into_inner).insert(identity.to_owned());
}
