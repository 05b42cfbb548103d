//! What the ways to sign have in common.

use crate::credentials::signing_keys::SigningKeys;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{AUTHORIZATION, InvalidHeaderValue},
};
use secrecy::ExposeSecret as _;
use url::Url;

/// One request as the signer sees it.
pub(crate) struct UnsignedRequest<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a Url,
    pub(crate) bucket: &'a str,
    /// Not encoded, as the query is not.
    pub(crate) key: Option<&'a str>,
    pub(crate) query: &'a [(&'static str, String)],
    pub(crate) headers: HeaderMap,
}

/// Collects the signed headers and their values, in the order of their names.
pub(super) fn collect_signed_headers(
    headers: &HeaderMap,
    is_signed: impl Fn(&str) -> bool,
) -> Vec<(&str, String)> {
    let signed = headers.keys().map(HeaderName::as_str).filter(|name| is_signed(name));
    let mut signed: Vec<_> = signed.map(|name| (name, header_text(headers, name))).collect();
    signed.sort_unstable_by_key(|(name, _)| *name);
    signed
}

pub(super) fn header_text(headers: &HeaderMap, name: &str) -> String {
    headers
        .get(name)
        .map_or_else(String::new, |value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
}

pub(super) fn insert_token(
    headers: &mut HeaderMap,
    name: HeaderName,
    keys: &SigningKeys,
) -> Result<(), InvalidHeaderValue> {
    if let Some(token) = &keys.token {
        headers.insert(name, mark_sensitive(token.expose_secret())?);
    }
    Ok(())
}

pub(super) fn authorize(headers: &mut HeaderMap, authorization: &str) -> Result<(), InvalidHeaderValue> {
    headers.insert(AUTHORIZATION, mark_sensitive(authorization)?);
    Ok(())
}

fn mark_sensitive(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}
