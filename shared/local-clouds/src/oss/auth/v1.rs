//! Signature V1: HMAC-SHA1 over method, three headers, `x-oss-*` headers and the resource.

use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::oss::auth::canonical::{append_headers, join_header_values, read_token_header};
use crate::oss::auth::checks::{check_not_expired, check_skew};
use crate::oss::auth::signature::{PresentedSignature, Scheme};
use crate::oss::auth::subresources::is_subresource;
use crate::oss::encode::encode_base64;
use crate::oss::error::{OssError, Result};
use crate::oss::request::Request;
use crate::time_format::{parse_basic_date, parse_http_date};

pub(crate) fn read_signature(
    request: &Request,
    authorization: &str,
    now: SystemTime,
) -> Result<PresentedSignature> {
    let query = &request.query;
    let (key_id, signature, date, token) = if let Some(credential) = authorization.strip_prefix("OSS ") {
        let (id, signature) = credential
            .split_once(':')
            .ok_or_else(|| OssError::invalid_argument("Authorization header is invalid."))?;
        let date = request.header("x-oss-date").or_else(|| request.header("date")).unwrap_or_default();
        let time = parse_http_date(date).or_else(|| parse_basic_date(date)).ok_or_else(|| {
            OssError::forbidden("AccessDenied", "OSS authentication requires a valid Date.")
        })?;
        check_skew(time, now)?;
        (id.trim(), signature.trim(), date, read_token_header(&request.headers))
    } else {
        let parameter = |name| {
            query
                .get(name)
                .ok_or_else(|| OssError::forbidden("AccessDenied", format!("The URL lacks {name}.")))
        };
        let expires = parameter("Expires")?;
        let seconds = expires.parse().map_err(|_| {
            OssError::forbidden("AccessDenied", "Invalid date (should be seconds since epoch).")
        })?;
        let limit = SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))
            .ok_or_else(|| OssError::forbidden("AccessDenied", "Invalid date."))?;
        check_not_expired(limit, now)?;
        let token = query.get("security-token").map(str::to_owned);
        (parameter("OSSAccessKeyId")?, parameter("Signature")?, expires, token)
    };
    Ok(PresentedSignature {
        key_id: key_id.to_owned(),
        token,
        signature: signature.to_owned(),
        string_to_sign: string_to_sign(request, date),
        canonical_request: None,
        scheme: Scheme::V1,
    })
}

pub(crate) fn string_to_sign(request: &Request, date: &str) -> Vec<u8> {
    let headers = &request.headers;
    let mut text = request.method.as_str().as_bytes().to_vec();
    for value in
        [join_header_values(headers, "content-md5"), join_header_values(headers, "content-type"), date.into()]
    {
        text.push(b'\n');
        text.extend(value);
    }
    text.push(b'\n');
    let mut names = headers
        .keys()
        .map(|name| name.as_str())
        .filter(|name| name.starts_with("x-oss-"))
        .collect::<Vec<_>>();
    names.sort_unstable();
    append_headers(&mut text, headers, &names);
    text.extend(canonical_resource(request).into_bytes());
    text
}

fn canonical_resource(request: &Request) -> String {
    let mut resource = "/".to_owned();
    if let Some(bucket) = &request.target.bucket {
        resource.push_str(bucket);
        resource.push('/');
        resource.push_str(request.target.key.as_deref().unwrap_or_default());
    }
    let mut parameters = request.query.iter().filter(|(name, _)| is_subresource(name)).collect::<Vec<_>>();
    parameters.sort_unstable();
    for (number, (name, value)) in parameters.into_iter().enumerate() {
        resource.push(if number == 0 { '?' } else { '&' });
        resource.push_str(name);
        if !value.is_empty() {
            resource.push('=');
            resource.push_str(value);
        }
    }
    resource
}

pub(crate) fn sign(secret: &str, string_to_sign: &[u8]) -> String {
    // HMAC takes a key of any length; no signature equals the empty one.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(string_to_sign);
    encode_base64(&mac.finalize().into_bytes())
}
