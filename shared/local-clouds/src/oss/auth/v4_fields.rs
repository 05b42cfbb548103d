//! The parts of a V4 signature as a request gives them, in a header or in the URL.

use std::time::{Duration, SystemTime};

use crate::oss::auth::canonical::read_token_header;
use crate::oss::error::{OssError, Result};
use crate::oss::request::Request;
use crate::time_format::{parse_basic_date, parse_http_date};

pub(crate) const ALGORITHM: &str = "OSS4-HMAC-SHA256";

pub(crate) const PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Seconds for which a URL may be signed at most.
pub(crate) const MAX_EXPIRES: u64 = 7 * 24 * 3600;

/// The parts of a signature as a request gives them.
pub(crate) struct SignatureFields {
    pub(crate) credential: String,
    pub(crate) additional: Vec<String>,
    pub(crate) signature: String,
    pub(crate) token: Option<String>,
    pub(crate) timestamp: String,
    pub(crate) time: SystemTime,
    /// Only of a signed URL.
    pub(crate) expires: Option<Duration>,
}

impl SignatureFields {
    pub(crate) fn from_header(request: &Request, fields: &str) -> Result<Self> {
        let field = |name: &str| {
            let mut fields = fields.split(',').filter_map(|field| field.trim().split_once('='));
            fields.find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let required = |name| field(name).ok_or_else(|| invalid_header_error(&format!("{name} is missing")));
        if request.header("x-oss-content-sha256") != Some(PAYLOAD) {
            return Err(invalid_header_error("x-oss-content-sha256 must be UNSIGNED-PAYLOAD"));
        }
        let (timestamp, time) = match (request.header("x-oss-date"), request.header("date")) {
            (Some(text), _) => (text.to_owned(), parse_basic_date(text)),
            (None, Some(text)) => {
                let time = parse_http_date(text);
                (time.map(format_basic_date).unwrap_or_default(), time)
            }
            _ => (String::new(), None),
        };
        Ok(Self {
            credential: required("Credential")?.to_owned(),
            additional: sort_header_names(field("AdditionalHeaders").unwrap_or_default()),
            signature: required("Signature")?.to_owned(),
            token: read_token_header(&request.headers),
            timestamp,
            time: time.ok_or_else(|| invalid_header_error("the date is missing or malformed"))?,
            expires: None,
        })
    }

    pub(crate) fn from_query(request: &Request) -> Result<Self> {
        let query = &request.query;
        let required = |name| {
            query.get(name).ok_or_else(|| OssError::invalid_argument(format!("The URL lacks {name}.")))
        };
        let timestamp = required("x-oss-date")?;
        let expires =
            required("x-oss-expires")?.parse().ok().filter(|seconds| (1..=MAX_EXPIRES).contains(seconds));
        Ok(Self {
            credential: required("x-oss-credential")?.to_owned(),
            additional: sort_header_names(query.get("x-oss-additional-headers").unwrap_or_default()),
            signature: required("x-oss-signature")?.to_owned(),
            token: query.get("x-oss-security-token").map(str::to_owned),
            timestamp: timestamp.to_owned(),
            time: parse_basic_date(timestamp)
                .ok_or_else(|| OssError::invalid_argument("x-oss-date is malformed."))?,
            expires: Some(Duration::from_secs(
                expires.ok_or_else(|| {
                    OssError::invalid_argument("x-oss-expires must be 1 to 604800 seconds.")
                })?,
            )),
        })
    }
}

fn format_basic_date(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string()
}

pub(crate) fn sort_header_names(list: &str) -> Vec<String> {
    let mut names = list.split(';').map(|name| name.trim().to_ascii_lowercase()).collect::<Vec<_>>();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names
}

pub(crate) fn invalid_header_error(why: &str) -> OssError {
    OssError::invalid_argument(format!("Authorization header is invalid: {why}."))
}
