//! Verifies who sends a request, and that the key may reach its target.

use std::time::SystemTime;

use http::request::Parts;

use crate::oss::auth::access_key::AccessKey;
use crate::oss::auth::keyring::Keyring;
use crate::oss::auth::signature::{PresentedSignature, Scheme};
use crate::oss::auth::v4_fields::ALGORITHM;
use crate::oss::auth::{sigv4, v1, v4};
use crate::oss::config::OssConfig;
use crate::oss::error::{OssError, Result};
use crate::oss::headers::header_text;
use crate::oss::operation::Operation;
use crate::oss::query::Query;
use crate::oss::request::Request;

impl PresentedSignature {
    fn expected_signature(&self, secret: &str) -> String {
        match &self.scheme {
            Scheme::V1 => v1::sign(secret, &self.string_to_sign),
            Scheme::V4 { date, region } => v4::sign(secret, date, region, &self.string_to_sign),
            Scheme::SigV4 { date, region } => sigv4::sign(secret, date, region, &self.string_to_sign),
        }
    }
}

/// Verifies the signature and that the key may access the target; returns the access key id. `shown` is `now`
/// by the server's own clock.
pub(crate) fn authenticate(
    request: &Request,
    operation: Operation,
    keys: &Keyring,
    config: &OssConfig,
    now: SystemTime,
    shown: SystemTime,
) -> Result<String> {
    let claim = read_signature(request, config, shown)?;
    let key = keys.get(&claim.key_id).ok_or_else(|| unknown_key_error(&claim.key_id))?;
    check_token(&key, claim.token.as_deref(), keys, now)?;
    if claim.expected_signature(&key.secret) != claim.signature {
        let message = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
        let mut error = OssError::forbidden("SignatureDoesNotMatch", message)
            .with_detail("OSSAccessKeyId", &claim.key_id)
            .with_detail("SignatureProvided", &claim.signature)
            .with_detail("StringToSign", String::from_utf8_lossy(&claim.string_to_sign));
        if let Some(canonical_request) = &claim.canonical_request {
            error = error.with_detail("CanonicalRequest", String::from_utf8_lossy(canonical_request));
        }
        return Err(error);
    }
    check_grant(&key, operation, request)?;
    if let Some(policy) = &key.policy {
        policy.check(operation, request)?;
    }
    Ok(claim.key_id)
}

fn read_signature(request: &Request, config: &OssConfig, now: SystemTime) -> Result<PresentedSignature> {
    let authorization = request.header("authorization").unwrap_or_default();
    if sigv4::is_signed(request) {
        return sigv4::read_signature(request, now);
    }
    let v4_query = request.query.get("x-oss-signature-version") == Some(ALGORITHM);
    if authorization.starts_with(ALGORITHM) || v4_query {
        if !config.allow_v4 {
            // The answer of private gateways that do not know V4.
            return Err(OssError::invalid_argument("Authorization header is invalid."));
        }
        return v4::read_signature(request, authorization, &config.region, now);
    }
    if authorization.starts_with("OSS ") || request.query.has("Signature") {
        if !config.allow_v1 {
            return Err(OssError::invalid_argument("The bucket does not take signature version V1."));
        }
        return v1::read_signature(request, authorization, now);
    }
    if authorization.is_empty() {
        return Err(OssError::forbidden("AccessDenied", "Anonymous access is forbidden for this operation."));
    }
    Err(OssError::invalid_argument("Authorization header is invalid."))
}

/// The key id a request presents, whether its signature is right or wrong.
pub(crate) fn presented_key_id(parts: &Parts) -> Option<String> {
    let query = Query::parse(parts.uri.query().unwrap_or_default()).ok()?;
    let authorization = header_text(&parts.headers, "authorization").unwrap_or_default();
    let from_v1 = || authorization.strip_prefix("OSS ")?.split(':').next();
    let from_v4 = || authorization.split_once("Credential=")?.1.split('/').next();
    let credential = || query.get("x-oss-credential").or_else(|| query.get("X-Amz-Credential"));
    let from_query = || query.get("OSSAccessKeyId").or_else(|| credential()?.split('/').next());
    from_v1().or_else(from_v4).or_else(from_query).map(|id| id.trim().to_owned())
}

fn unknown_key_error(id: &str) -> OssError {
    OssError::forbidden(
        "InvalidAccessKeyId",
        "The OSS Access Key Id you provided does not exist in our records.",
    )
    .with_detail("OSSAccessKeyId", id)
}

fn check_token(key: &AccessKey, presented: Option<&str>, keys: &Keyring, now: SystemTime) -> Result<()> {
    match (key.token.as_deref(), presented) {
        (None, None) => {}
        // A temporary key without its token is unknown.
        (Some(_), None) => return Err(unknown_key_error(&key.id)),
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
        let code = keys.expired_code();
        return Err(OssError::forbidden(code, "The security token you provided has expired."));
    }
    Ok(())
}

fn check_grant(key: &AccessKey, operation: Operation, request: &Request) -> Result<()> {
    let Some(grant) = &key.grants else {
        return Ok(());
    };
    let key_is_covered = request.target.key.as_deref().is_some_and(|key| key.starts_with(&grant.key_prefix));
    let in_a_way_that_is_covered = !(grant.parts_only && operation == Operation::PutObject);
    if request.target.bucket.as_deref() == Some(&grant.bucket) && key_is_covered && in_a_way_that_is_covered {
        return Ok(());
    }
    Err(OssError::forbidden("AccessDenied", "You have no right to access this object because of its policy."))
}
