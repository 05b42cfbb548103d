//! Signature V4: HMAC-SHA256 with a key derived from date, region and product, over the canonical request's hash.

use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::oss::auth::canonical::append_headers;
use crate::oss::auth::checks::{check_not_expired, check_skew};
use crate::oss::auth::signature::{PresentedSignature, Scheme};
use crate::oss::auth::v4_fields::{ALGORITHM, PAYLOAD, SignatureFields, invalid_header_error};
use crate::oss::encode::{percent_encode, percent_encode_path};
use crate::oss::error::{OssError, Result};
use crate::oss::request::Request;

pub(crate) fn read_signature(
    request: &Request,
    authorization: &str,
    region: &str,
    now: SystemTime,
) -> Result<PresentedSignature> {
    let presented = match authorization.strip_prefix(ALGORITHM) {
        Some(fields) => SignatureFields::from_header(request, fields)?,
        None => SignatureFields::from_query(request)?,
    };
    match presented.expires {
        None => check_skew(presented.time, now)?,
        Some(expires) => check_not_expired(presented.time + expires, now)?,
    }
    let scope = CredentialScope::parse(&presented, region)?;
    let canonical_request = canonical_request(request, &presented.additional)?;
    let mut string_to_sign = format!("{ALGORITHM}\n{}\n{}\n", presented.timestamp, scope.text).into_bytes();
    string_to_sign.extend(base16ct::lower::encode_string(&Sha256::digest(&canonical_request)).into_bytes());
    Ok(PresentedSignature {
        key_id: scope.key_id,
        token: presented.token,
        signature: presented.signature,
        string_to_sign,
        canonical_request: Some(canonical_request),
        scheme: Scheme::V4 { date: scope.date, region: region.to_owned() },
    })
}

/// Key id and the scope of its signature.
struct CredentialScope {
    key_id: String,
    date: String,
    text: String,
}

impl CredentialScope {
    fn parse(presented: &SignatureFields, own_region: &str) -> Result<Self> {
        let fields = presented.credential.split('/').collect::<Vec<_>>();
        let [key_id, date, region, product, terminator] = fields[..] else {
            return Err(invalid_header_error("the credential has not five fields"));
        };
        if !presented.timestamp.starts_with(date) || date.len() != 8 {
            return Err(OssError::invalid_argument("Invalid signing date in Authorization header."));
        }
        if region != own_region {
            // Code, sentence and EC as the real service's.
            let error = OssError::invalid_argument("Invalid signing region in Authorization header.");
            return Err(error.with_detail("EC", "0002-00000226"));
        }
        if product != "oss" {
            return Err(OssError::invalid_argument("Invalid signing product in Authorization header."));
        }
        if terminator != "aliyun_v4_request" {
            return Err(invalid_header_error("the credential does not end with aliyun_v4_request"));
        }
        let text = format!("{date}/{region}/{product}/{terminator}");
        Ok(Self { key_id: key_id.to_owned(), date: date.to_owned(), text })
    }
}

fn canonical_request(request: &Request, additional: &[String]) -> Result<Vec<u8>> {
    let headers = &request.headers;
    if let Some(name) = additional.iter().find(|name| !headers.contains_key(name.as_str())) {
        return Err(OssError::invalid_argument(format!(
            "The additional header {name} is not in the request."
        )));
    }
    let path = match &request.target.bucket {
        Some(bucket) => {
            format!("/{bucket}/{}", percent_encode_path(request.target.key.as_deref().unwrap_or_default()))
        }
        None => "/".to_owned(),
    };
    let mut text = format!("{}\n{path}\n{}\n", request.method, canonical_query(request)).into_bytes();
    let is_signed = |name: &str| {
        name.starts_with("x-oss-")
            || name == "content-type"
            || name == "content-md5"
            || additional.iter().any(|own| own == name)
    };
    let mut signed =
        headers.keys().map(|name| name.as_str()).filter(|name| is_signed(name)).collect::<Vec<_>>();
    signed.sort_unstable();
    append_headers(&mut text, headers, &signed);
    let payload = request.header("x-oss-content-sha256").unwrap_or(PAYLOAD);
    text.extend(format!("\n{}\n{payload}", additional.join(";")).into_bytes());
    Ok(text)
}

fn canonical_query(request: &Request) -> String {
    let parameters = request.query.iter().filter(|(name, _)| *name != "x-oss-signature");
    let mut pairs =
        parameters.map(|(name, value)| (percent_encode(name), percent_encode(value))).collect::<Vec<_>>();
    pairs.sort_unstable();
    let pairs = pairs
        .into_iter()
        .map(|(name, value)| if value.is_empty() { name } else { format!("{name}={value}") });
    pairs.collect::<Vec<_>>().join("&")
}

pub(crate) fn sign(secret: &str, date: &str, region: &str, string_to_sign: &[u8]) -> String {
    let steps = [date.as_bytes(), region.as_bytes(), b"oss", b"aliyun_v4_request"];
    let key = steps
        .into_iter()
        .fold(format!("aliyun_v4{secret}").into_bytes(), |key, step| hmac_sha256(&key, step));
    base16ct::lower::encode_string(&hmac_sha256(&key, string_to_sign))
}

pub(crate) fn hmac_sha256(key: &[u8], data: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length; no signature equals the empty one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}
