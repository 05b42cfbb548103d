//! HMAC-SHA256 over a canonical request: OSS's V4 and S3's SigV4, with a payload that is not signed.

use std::fmt::Write as _;

use http::header::{HOST, InvalidHeaderValue};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use reqsign_core::hash::{hex_hmac_sha256, hex_sha256, hmac_sha256};
use secrecy::ExposeSecret as _;

use super::canonical::{UnsignedRequest, authorize, collect_signed_headers, insert_token};
use crate::credentials::signing_keys::SigningKeys;
use crate::http::address::{encode, encode_path};

const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// In what the two differ.
pub(super) struct Dialect {
    algorithm: &'static str,
    /// Stands before the secret in the first key.
    prefix: &'static str,
    service: &'static str,
    terminator: &'static str,
    headers: &'static str,
    is_s3: bool,
}

pub(super) const OSS: Dialect = Dialect {
    algorithm: "OSS4-HMAC-SHA256",
    prefix: "aliyun_v4",
    service: "oss",
    terminator: "aliyun_v4_request",
    headers: "x-oss-",
    is_s3: false,
};

pub(super) const S3: Dialect = Dialect {
    algorithm: "AWS4-HMAC-SHA256",
    prefix: "AWS4",
    service: "s3",
    terminator: "aws4_request",
    headers: "x-amz-",
    is_s3: true,
};

pub(super) fn sign(
    dialect: &Dialect,
    region: &str,
    keys: &SigningKeys,
    at: Timestamp,
    request: UnsignedRequest<'_>,
) -> Result<HeaderMap, InvalidHeaderValue> {
    // A date and a time without what parts them, as 20260929T080000Z.
    let time = format!("{at:.0}").replace(['-', ':'], "");
    let day = time.split('T').next().unwrap_or_default();
    let mut headers = request.headers.clone();
    headers.insert(dialect.header("date"), HeaderValue::from_str(&time)?);
    headers.insert(dialect.header("content-sha256"), HeaderValue::from_static(UNSIGNED_PAYLOAD));
    insert_token(&mut headers, dialect.header("security-token"), keys)?;

    let (canonical, names) = dialect.canonical(&request, &headers);
    let scope = format!("{day}/{region}/{}/{}", dialect.service, dialect.terminator);
    let to_sign = format!("{}\n{time}\n{scope}\n{}", dialect.algorithm, hex_sha256(canonical.as_bytes()));
    let mut key = format!("{}{}", dialect.prefix, keys.secret.expose_secret()).into_bytes();
    for step in [day, region, dialect.service, dialect.terminator] {
        key = hmac_sha256(&key, step.as_bytes());
    }
    let signature = hex_hmac_sha256(&key, to_sign.as_bytes());
    let Dialect { algorithm, .. } = dialect;
    let id = &keys.id;
    let authorization = if dialect.is_s3 {
        format!("{algorithm} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}")
    } else {
        format!("{algorithm} Credential={id}/{scope},Signature={signature}")
    };
    authorize(&mut headers, &authorization)?;
    Ok(headers)
}

impl Dialect {
    fn header(&self, name: &str) -> HeaderName {
        // The names are ours.
        HeaderName::try_from(format!("{}{name}", self.headers)).unwrap_or(HOST)
    }

    /// The canonical request, and the names of the headers in it.
    fn canonical(&self, request: &UnsignedRequest<'_>, headers: &HeaderMap) -> (String, String) {
        let mut signed = collect_signed_headers(headers, |name| {
            name == "content-type" || name == "content-md5" || name.starts_with(self.headers)
        });
        if self.is_s3 {
            let host = request.url.host_str().unwrap_or_default();
            let host = request.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
            let at = signed.partition_point(|(name, _)| *name < "host");
            signed.insert(at, ("host", host));
        }
        let names: Vec<_> = signed.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let path = if self.is_s3 {
            request.url.path().to_owned()
        } else {
            format!("/{}/{}", request.bucket, encode_path(request.key.unwrap_or_default()))
        };
        let mut text = format!("{}\n{path}\n{}\n", request.method, self.query(request.query));
        for (name, value) in &signed {
            let _written_to_memory = writeln!(text, "{name}:{value}");
        }
        // OSS names what is signed beyond what always is: nothing.
        let named = if self.is_s3 { names.as_str() } else { "" };
        let _written_to_memory = write!(text, "\n{named}\n{UNSIGNED_PAYLOAD}");
        (text, names)
    }

    fn query(&self, query: &[(&'static str, String)]) -> String {
        let mut pairs: Vec<_> =
            query.iter().map(|(name, value)| (encode(name).to_string(), encode(value).to_string())).collect();
        pairs.sort_unstable();
        let pairs = pairs.into_iter().map(|(name, value)| match value.is_empty() && !self.is_s3 {
            true => name,
            false => format!("{name}={value}"),
        });
        pairs.collect::<Vec<_>>().join("&")
    }
}
