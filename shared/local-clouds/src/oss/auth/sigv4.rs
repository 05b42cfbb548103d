//! Signature V4 of Amazon S3, which the real service takes as well (help page "Access OSS using an AWS SDK").
//!
//! Any region is taken, because clients of S3 name one that OSS does not have. Bodies in `aws-chunked` framing are
//! refused in the real service's words (protocol sheet `oss.md`, section 1.4).

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use sha2::{Digest, Sha256};

use crate::oss::auth::canonical::join_header_values;
use crate::oss::auth::checks::{check_not_early, check_not_expired, check_skew};
use crate::oss::auth::signature::{PresentedSignature, Scheme};
use crate::oss::auth::v4::hmac_sha256;
use crate::oss::auth::v4_fields::{MAX_EXPIRES, PAYLOAD, invalid_header_error, sort_header_names};
use crate::oss::decode::percent_decode;
use crate::oss::encode::{percent_encode, percent_encode_path};
use crate::oss::error::{OssError, Result};
use crate::oss::request::Request;
use crate::time_format::parse_basic_date;

/// The algorithm's name in headers and URLs.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

const SERVICE: &str = "s3";
const TERMINATOR: &str = "aws4_request";

/// Whether a request is signed as S3's clients sign, whether right or wrong.
pub(crate) fn is_signed(request: &Request) -> bool {
    request.header("authorization").is_some_and(|text| text.starts_with(ALGORITHM))
        || request.query.get("X-Amz-Algorithm") == Some(ALGORITHM)
}

/// The parts of a signature, as header or URL give them.
struct SignatureFields {
    credential: String,
    signed_headers: Vec<String>,
    signature: String,
    token: Option<String>,
    timestamp: String,
    payload: String,
    /// Only of a signed URL.
    expires: Option<Duration>,
}

pub(crate) fn read_signature(request: &Request, now: SystemTime) -> Result<PresentedSignature> {
    let authorization = request.header("authorization").unwrap_or_default();
    let presented = match authorization.strip_prefix(ALGORITHM) {
        Some(fields) => SignatureFields::from_header(request, fields)?,
        None => SignatureFields::from_query(request)?,
    };
    let time = parse_basic_date(&presented.timestamp)
        .ok_or_else(|| invalid_header_error("x-amz-date is missing or malformed"))?;
    match presented.expires {
        None => check_skew(time, now)?,
        Some(expires) => {
            check_not_early(time, now)?;
            check_not_expired(time + expires, now)?;
        }
    }
    // Without it the request could be sent to another bucket.
    if !presented.signed_headers.iter().any(|name| name == "host") {
        return Err(unsigned_header_error("host"));
    }
    let fields = presented.credential.split('/').collect::<Vec<_>>();
    let [key_id, date, region, SERVICE, TERMINATOR] = fields[..] else {
        return Err(invalid_header_error("the credential is not KEY/DATE/REGION/s3/aws4_request"));
    };
    if date.len() != 8 || !presented.timestamp.starts_with(date) {
        return Err(OssError::invalid_argument("Invalid signing date in Authorization header."));
    }
    let canonical_request = canonical_request(request, &presented)?;
    let scope = format!("{date}/{region}/{SERVICE}/{TERMINATOR}");
    let mut string_to_sign = format!("{ALGORITHM}\n{}\n{scope}\n", presented.timestamp).into_bytes();
    string_to_sign.extend(base16ct::lower::encode_string(&Sha256::digest(&canonical_request)).into_bytes());
    Ok(PresentedSignature {
        key_id: key_id.to_owned(),
        token: presented.token.clone(),
        signature: presented.signature.clone(),
        string_to_sign,
        canonical_request: Some(canonical_request),
        scheme: Scheme::SigV4 { date: date.to_owned(), region: region.to_owned() },
    })
}

impl SignatureFields {
    fn from_header(request: &Request, fields: &str) -> Result<Self> {
        let required = |name: &str| {
            let mut fields = fields.split(',').filter_map(|field| field.trim().split_once('='));
            let found = fields.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
            found.ok_or_else(|| invalid_header_error(&format!("{name} is missing")))
        };
        let payload = request
            .header("x-amz-content-sha256")
            .ok_or_else(|| invalid_header_error("x-amz-content-sha256 is missing"))?;
        check_payload(payload)?;
        let signed_headers = sort_header_names(&required("SignedHeaders")?);
        let is_unsigned =
            |name: &&str| name.starts_with("x-amz-") && !signed_headers.iter().any(|one| one == name);
        if let Some(name) = request.headers.keys().map(|name| name.as_str()).find(is_unsigned) {
            return Err(unsigned_header_error(name));
        }
        Ok(Self {
            credential: required("Credential")?,
            signature: required("Signature")?,
            token: request.header("x-amz-security-token").map(str::to_owned),
            timestamp: request.header("x-amz-date").unwrap_or_default().to_owned(),
            payload: payload.to_owned(),
            signed_headers,
            expires: None,
        })
    }

    fn from_query(request: &Request) -> Result<Self> {
        let required = |name: &str| {
            let value = request.query.get(name).map(str::to_owned);
            value.ok_or_else(|| OssError::invalid_argument(format!("The URL lacks {name}.")))
        };
        let seconds = required("X-Amz-Expires")?.parse().ok();
        let expires = seconds
            .filter(|seconds| (1..=MAX_EXPIRES).contains(seconds))
            .ok_or_else(|| OssError::invalid_argument("X-Amz-Expires must be 1 to 604800 seconds."))?;
        Ok(Self {
            credential: required("X-Amz-Credential")?,
            signed_headers: sort_header_names(&required("X-Amz-SignedHeaders")?),
            signature: required("X-Amz-Signature")?,
            token: request.query.get("X-Amz-Security-Token").map(str::to_owned),
            timestamp: required("X-Amz-Date")?,
            payload: PAYLOAD.to_owned(),
            expires: Some(Duration::from_secs(expires)),
        })
    }
}

fn unsigned_header_error(name: &str) -> OssError {
    let message = "There were headers present in the request which were not signed";
    OssError::forbidden("AccessDenied", message).with_detail("HeadersNotSigned", name)
}

/// The SHA-256 that a request signed by headers states of its body; `None` where the body is not signed.
pub(crate) fn stated_payload(request: &Request) -> Option<[u8; 32]> {
    let payload = request.header("x-amz-content-sha256").filter(|_| is_signed(request))?;
    let mut hash = [0; 32];
    base16ct::lower::decode(payload, &mut hash).ok().filter(|hash| hash.len() == 32)?;
    Some(hash)
}

/// Takes a hash, and no hash. Refuses the framing that AWS's clients use for bodies with trailing checksums.
fn check_payload(payload: &str) -> Result<()> {
    if !payload.starts_with("STREAMING-") {
        let is_hash = payload.len() == 64 && base16ct::lower::decode_vec(payload).is_ok();
        if payload == PAYLOAD || is_hash {
            return Ok(());
        }
        return Err(invalid_header_error("x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a SHA-256"));
    }
    let message = "aws-chunked encoding is not supported with the specified x-amz-content-sha256 value.";
    Err(OssError::invalid_argument(message)
        .with_detail("ArgumentName", "x-amz-content-sha256")
        .with_detail("ArgumentValue", payload))
}

fn canonical_request(request: &Request, presented: &SignatureFields) -> Result<Vec<u8>> {
    let path = percent_encode_path(&percent_decode(&request.path)?);
    let query = request.query.iter().filter(|(name, _)| *name != "X-Amz-Signature");
    let mut query =
        query.map(|(name, value)| (percent_encode(name), percent_encode(value))).collect::<Vec<_>>();
    query.sort_unstable();
    let query = query.into_iter().map(|(name, value)| format!("{name}={value}"));
    let query = query.collect::<Vec<_>>().join("&");
    let mut text = format!("{}\n{path}\n{query}\n", request.method).into_bytes();
    for name in &presented.signed_headers {
        text.extend(format!("{name}:").into_bytes());
        text.extend(header_value(&request.headers, name));
        text.push(b'\n');
    }
    text.extend(format!("\n{}\n{}", presented.signed_headers.join(";"), presented.payload).into_bytes());
    Ok(text)
}

/// A header's value, each run of spaces in it as one space.
fn header_value(headers: &HeaderMap, name: &str) -> Vec<u8> {
    let mut value = join_header_values(headers, name);
    value.dedup_by(|one, before| *one == b' ' && *before == b' ');
    value
}

pub(crate) fn sign(secret: &str, date: &str, region: &str, string_to_sign: &[u8]) -> String {
    let steps = [date, region, SERVICE, TERMINATOR];
    let first = format!("AWS4{secret}").into_bytes();
    let key = steps.into_iter().fold(first, |key, step| hmac_sha256(&key, step.as_bytes()));
    base16ct::lower::encode_string(&hmac_sha256(&key, string_to_sign))
}
