//! Signature V4: HMAC-SHA256 with a key derived from date, region and product, over the canonical request's hash.

use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::super::encode::{hex, percent, percent_path};
use super::super::error::{OssError, Result};
use super::super::request::Request;
use super::super::times::{parse_basic, parse_http_date};
use super::{Claim, Scheme, check_not_expired, check_skew, header_token, push_headers};

pub(super) const ALGORITHM: &str = "OSS4-HMAC-SHA256";
const PAYLOAD: &str = "UNSIGNED-PAYLOAD";
const MAX_EXPIRES: u64 = 7 * 24 * 3600;

pub(super) fn claim(request: &Request, authorization: &str, region: &str, now: SystemTime) -> Result<Claim> {
    let presented = match authorization.strip_prefix(ALGORITHM) {
        Some(fields) => Presented::from_header(request, fields)?,
        None => Presented::from_query(request)?,
    };
    match presented.expires {
        None => check_skew(presented.time, now)?,
        Some(expires) => check_not_expired(presented.time + expires, now)?,
    }
    let scope = Scope::parse(&presented, region)?;
    let canonical_request = canonical_request(request, &presented.additional)?;
    let mut string_to_sign = format!("{ALGORITHM}\n{}\n{}\n", presented.timestamp, scope.text).into_bytes();
    string_to_sign.extend(hex(&Sha256::digest(&canonical_request)).into_bytes());
    Ok(Claim {
        key_id: scope.key_id,
        token: presented.token,
        signature: presented.signature,
        string_to_sign,
        canonical_request: Some(canonical_request),
        scheme: Scheme::V4 { date: scope.date, region: region.to_owned() },
    })
}

/// The signature's parts as the request gives them.
struct Presented {
    credential: String,
    additional: Vec<String>,
    signature: String,
    token: Option<String>,
    timestamp: String,
    time: SystemTime,
    /// Only of a signed URL.
    expires: Option<Duration>,
}

impl Presented {
    fn from_header(request: &Request, fields: &str) -> Result<Self> {
        let field = |name: &str| {
            let mut fields = fields.split(',').filter_map(|field| field.trim().split_once('='));
            fields.find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let required = |name| field(name).ok_or_else(|| invalid_header(&format!("{name} is missing")));
        if request.header("x-oss-content-sha256") != Some(PAYLOAD) {
            return Err(invalid_header("x-oss-content-sha256 must be UNSIGNED-PAYLOAD"));
        }
        let (timestamp, time) = match (request.header("x-oss-date"), request.header("date")) {
            (Some(text), _) => (text.to_owned(), parse_basic(text)),
            (None, Some(text)) => {
                let time = parse_http_date(text);
                (time.map(basic).unwrap_or_default(), time)
            }
            _ => (String::new(), None),
        };
        Ok(Self {
            credential: required("Credential")?.to_owned(),
            additional: names(field("AdditionalHeaders").unwrap_or_default()),
            signature: required("Signature")?.to_owned(),
            token: header_token(&request.headers),
            timestamp,
            time: time.ok_or_else(|| invalid_header("the date is missing or malformed"))?,
            expires: None,
        })
    }

    fn from_query(request: &Request) -> Result<Self> {
        let query = &request.query;
        let required = |name| {
            query.get(name).ok_or_else(|| OssError::invalid_argument(format!("The URL lacks {name}.")))
        };
        let timestamp = required("x-oss-date")?;
        let expires =
            required("x-oss-expires")?.parse().ok().filter(|seconds| (1..=MAX_EXPIRES).contains(seconds));
        Ok(Self {
            credential: required("x-oss-credential")?.to_owned(),
            additional: names(query.get("x-oss-additional-headers").unwrap_or_default()),
            signature: required("x-oss-signature")?.to_owned(),
            token: query.get("x-oss-security-token").map(str::to_owned),
            timestamp: timestamp.to_owned(),
            time: parse_basic(timestamp)
                .ok_or_else(|| OssError::invalid_argument("x-oss-date is malformed."))?,
            expires: Some(Duration::from_secs(
                expires.ok_or_else(|| {
                    OssError::invalid_argument("x-oss-expires must be 1 to 604800 seconds.")
                })?,
            )),
        })
    }
}

fn basic(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn names(list: &str) -> Vec<String> {
    let mut names = list.split(';').map(|name| name.trim().to_ascii_lowercase()).collect::<Vec<_>>();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names
}

/// Key id and the scope it signs for.
struct Scope {
    key_id: String,
    date: String,
    text: String,
}

impl Scope {
    fn parse(presented: &Presented, own_region: &str) -> Result<Self> {
        let fields = presented.credential.split('/').collect::<Vec<_>>();
        let [key_id, date, region, product, terminator] = fields[..] else {
            return Err(invalid_header("the credential has not five fields"));
        };
        if !presented.timestamp.starts_with(date) || date.len() != 8 {
            return Err(OssError::invalid_argument("Invalid signing date in Authorization header."));
        }
        if region != own_region {
            // Code, sentence and EC as the real service's.
            let error = OssError::invalid_argument("Invalid signing region in Authorization header.");
            return Err(error.with("EC", "0002-00000226"));
        }
        if product != "oss" {
            return Err(OssError::invalid_argument("Invalid signing product in Authorization header."));
        }
        if terminator != "aliyun_v4_request" {
            return Err(invalid_header("the credential does not end with aliyun_v4_request"));
        }
        let text = format!("{date}/{region}/{product}/{terminator}");
        Ok(Self { key_id: key_id.to_owned(), date: date.to_owned(), text })
    }
}

fn invalid_header(why: &str) -> OssError {
    OssError::invalid_argument(format!("Authorization header is invalid: {why}."))
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
            format!("/{bucket}/{}", percent_path(request.target.key.as_deref().unwrap_or_default()))
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
    push_headers(&mut text, headers, &signed);
    let payload = request.header("x-oss-content-sha256").unwrap_or(PAYLOAD);
    text.extend(format!("\n{}\n{payload}", additional.join(";")).into_bytes());
    Ok(text)
}

fn canonical_query(request: &Request) -> String {
    let parameters = request.query.iter().filter(|(name, _)| *name != "x-oss-signature");
    let mut pairs = parameters.map(|(name, value)| (percent(name), percent(value))).collect::<Vec<_>>();
    pairs.sort_unstable();
    let pairs = pairs
        .into_iter()
        .map(|(name, value)| if value.is_empty() { name } else { format!("{name}={value}") });
    pairs.collect::<Vec<_>>().join("&")
}

pub(super) fn sign(secret: &str, date: &str, region: &str, string_to_sign: &[u8]) -> String {
    let steps = [date.as_bytes(), region.as_bytes(), b"oss", b"aliyun_v4_request"];
    let key = steps
        .into_iter()
        .fold(format!("aliyun_v4{secret}").into_bytes(), |key, step| hmac_sha256(&key, step));
    hex(&hmac_sha256(&key, string_to_sign))
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length; no signature equals the empty one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}
