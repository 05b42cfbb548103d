//! Who asks, and whether the signature is theirs.

mod keys;
mod policy;
#[cfg(test)]
pub(super) mod tests;
mod v1;
mod v4;

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::request::Parts;

pub(super) use keys::Keyring;
pub use keys::{AccessKey, Grant};
pub use policy::{Effect, Policy, Statement};

use super::OssConfig;
use super::error::{OssError, Result};
use super::operation::Operation;
use super::request::{Query, Request, header_text};
use super::times::{distance, http_date, iso};

/// How far the caller's clock may be off.
const MAX_SKEW: Duration = Duration::from_secs(15 * 60);

/// What a request says about its signer, and what was signed.
struct Claim {
    key_id: String,
    token: Option<String>,
    signature: String,
    string_to_sign: Vec<u8>,
    /// V4 signs its hash; shown on a mismatch.
    canonical_request: Option<Vec<u8>>,
    scheme: Scheme,
}

enum Scheme {
    V1,
    V4 { date: String, region: String },
}

impl Claim {
    fn expected_signature(&self, secret: &str) -> String {
        match &self.scheme {
            Scheme::V1 => v1::sign(secret, &self.string_to_sign),
            Scheme::V4 { date, region } => v4::sign(secret, date, region, &self.string_to_sign),
        }
    }
}

/// Verifies the signature and the key's reach; answers the access key id. `shown` is `now` by the server's own clock.
pub(super) fn authenticate(
    request: &Request,
    operation: Operation,
    keys: &Keyring,
    config: &OssConfig,
    now: SystemTime,
    shown: SystemTime,
) -> Result<String> {
    let claim = claim(request, config, shown)?;
    let key = keys.get(&claim.key_id).ok_or_else(|| unknown_key(&claim.key_id))?;
    check_token(&key, claim.token.as_deref(), keys, now)?;
    if claim.expected_signature(&key.secret) != claim.signature {
        let message = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
        let mut error = OssError::forbidden("SignatureDoesNotMatch", message)
            .with("OSSAccessKeyId", &claim.key_id)
            .with("SignatureProvided", &claim.signature)
            .with("StringToSign", String::from_utf8_lossy(&claim.string_to_sign));
        if let Some(canonical_request) = &claim.canonical_request {
            error = error.with("CanonicalRequest", String::from_utf8_lossy(canonical_request));
        }
        return Err(error);
    }
    check_grant(&key, request)?;
    if let Some(policy) = &key.policy {
        policy.check(operation, request)?;
    }
    Ok(claim.key_id)
}

fn claim(request: &Request, config: &OssConfig, now: SystemTime) -> Result<Claim> {
    let authorization = request.header("authorization").unwrap_or_default();
    let v4_query = request.query.get("x-oss-signature-version") == Some(v4::ALGORITHM);
    if authorization.starts_with(v4::ALGORITHM) || v4_query {
        if !config.allow_v4 {
            // As private gateways that do not know V4 answer.
            return Err(OssError::invalid_argument("Authorization header is invalid."));
        }
        return v4::claim(request, authorization, &config.region, now);
    }
    if authorization.starts_with("OSS ") || request.query.has("Signature") {
        if !config.allow_v1 {
            return Err(OssError::invalid_argument("The bucket does not take signature version V1."));
        }
        return v1::claim(request, authorization, now);
    }
    if authorization.is_empty() {
        return Err(OssError::forbidden("AccessDenied", "Anonymous access is forbidden for this operation."));
    }
    Err(OssError::invalid_argument("Authorization header is invalid."))
}

/// The id a request presents, whether or not its signature is right.
pub(super) fn presented_key_id(parts: &Parts) -> Option<String> {
    let query = Query::parse(parts.uri.query().unwrap_or_default()).ok()?;
    let authorization = header_text(&parts.headers, "authorization").unwrap_or_default();
    let from_v1 = || authorization.strip_prefix("OSS ")?.split(':').next();
    let from_v4 = || authorization.split_once("Credential=")?.1.split('/').next();
    let from_query =
        || query.get("OSSAccessKeyId").or_else(|| query.get("x-oss-credential")?.split('/').next());
    from_v1().or_else(from_v4).or_else(from_query).map(|id| id.trim().to_owned())
}

fn unknown_key(id: &str) -> OssError {
    OssError::forbidden(
        "InvalidAccessKeyId",
        "The OSS Access Key Id you provided does not exist in our records.",
    )
    .with("OSSAccessKeyId", id)
}

fn check_token(key: &AccessKey, presented: Option<&str>, keys: &Keyring, now: SystemTime) -> Result<()> {
    match (key.token.as_deref(), presented) {
        (None, None) => {}
        // A temporary key without its token is no key.
        (Some(_), None) => return Err(unknown_key(&key.id)),
        (Some(own), Some(presented)) if own == presented => {}
        (_, Some(presented)) => {
            return Err(if keys.knows_token(presented) {
                let message = "The access key id and the security token do not belong together.";
                OssError::forbidden("AccessKeyIdAndSecurityTokenNotMatch", message)
            } else {
                OssError::forbidden("InvalidSecurityToken", "The security token you provided is invalid.")
            });
        }
    }
    if key.expires.is_some_and(|expires| expires <= now) {
        return Err(OssError::forbidden(
            "SecurityTokenExpired",
            "The security token you provided has expired.",
        ));
    }
    Ok(())
}

fn check_grant(key: &AccessKey, request: &Request) -> Result<()> {
    let Some(grant) = &key.grants else {
        return Ok(());
    };
    let key_is_covered = request.target.key.as_deref().is_some_and(|key| key.starts_with(&grant.key_prefix));
    if request.target.bucket.as_deref() == Some(&grant.bucket) && key_is_covered {
        return Ok(());
    }
    Err(OssError::forbidden("AccessDenied", "You have no right to access this object because of its policy."))
}

fn check_skew(time: SystemTime, now: SystemTime) -> Result<()> {
    if distance(time, now) <= MAX_SKEW {
        return Ok(());
    }
    let message = "The difference between the request time and the current time is too large.";
    Err(OssError::forbidden("RequestTimeTooSkewed", message)
        .with("MaxAllowedSkewMilliseconds", MAX_SKEW.as_millis().to_string())
        .with("RequestTime", iso(time))
        .with("ServerTime", iso(now)))
}

fn check_not_expired(expires: SystemTime, now: SystemTime) -> Result<()> {
    if now <= expires {
        return Ok(());
    }
    Err(OssError::forbidden("AccessDenied", "Request has expired.").with("Expires", http_date(expires)))
}

/// The token under either of its header names; the Python clients differ.
fn header_token(headers: &HeaderMap) -> Option<String> {
    ["x-oss-security-token", "security-token"]
        .iter()
        .find_map(|name| header_text(headers, name))
        .map(str::to_owned)
}

/// All values of a header, trimmed and joined by commas, as raw bytes.
fn header_bytes(headers: &HeaderMap, name: &str) -> Vec<u8> {
    let values = headers.get_all(name).iter().map(|value| value.as_bytes().trim_ascii());
    values.collect::<Vec<_>>().join(&b","[..])
}

/// Appends `name:value\n` for each of the names.
fn push_headers(text: &mut Vec<u8>, headers: &HeaderMap, names: &[&str]) {
    for name in names {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend(header_bytes(headers, name));
        text.push(b'\n');
    }
}
