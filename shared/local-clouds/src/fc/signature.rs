//! ACS3-HMAC-SHA256, verified (fc.md §3.1, §3.2).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::error::FcError;
use super::platform::lock;

const ALGORITHM: &str = "ACS3-HMAC-SHA256";
const SKEW: Duration = Duration::from_secs(15 * 60);
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The account's access keys.
#[derive(Clone)]
pub(super) struct Keys {
    secrets: Arc<HashMap<String, String>>,
    used: Arc<Mutex<Used>>,
}

#[derive(Default)]
struct Used {
    expired: HashSet<String>,
    nonces: HashSet<String>,
}

/// `Authorization`, taken apart.
struct Credential<'a> {
    key_id: &'a str,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

impl Keys {
    pub(super) fn new(keys: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { secrets: Arc::new(keys.into_iter().collect()), used: Arc::default() }
    }

    /// Refuses this request's key from now on.
    pub(super) fn expire(&self, parts: &Parts) {
        if let Ok(credential) = Credential::of(&parts.headers) {
            lock(&self.used).expired.insert(credential.key_id.to_owned());
        }
    }

    /// An OpenAPI call: body hash, date and nonce are part of what is signed, and a nonce serves once.
    pub(super) fn verify_api(&self, parts: &Parts, body: &[u8]) -> Result<(), FcError> {
        let stated = text(&parts.headers, "x-acs-content-sha256")?;
        if stated != hex(&Sha256::digest(body)) {
            return Err(denied("SignatureNotMatch", "x-acs-content-sha256 is not the hash of the body"));
        }
        let nonce = text(&parts.headers, "x-acs-signature-nonce")?;
        let must = ["host", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce"];
        self.verify(parts, stated, &must)?;
        if !lock(&self.used).nonces.insert(nonce.to_owned()) {
            return Err(denied("AccessDenied", "x-acs-signature-nonce was used before"));
        }
        Ok(())
    }

    /// A call of an HTTP trigger: the body is not part of what is signed.
    pub(super) fn verify_trigger(&self, parts: &Parts) -> Result<(), FcError> {
        self.verify(parts, "", &["x-acs-date"])
    }

    fn verify(&self, parts: &Parts, payload: &str, must: &[&str]) -> Result<(), FcError> {
        let credential = Credential::of(&parts.headers)?;
        if let Some(missing) = must.iter().find(|name| !credential.signed_headers.contains(name)) {
            return Err(denied("SignatureNotMatch", format!("header {missing} is not signed")));
        }
        check_date(text(&parts.headers, "x-acs-date")?, Timestamp::now())?;
        let secret = self.secrets.get(credential.key_id);
        let secret = secret.filter(|_| !lock(&self.used).expired.contains(credential.key_id));
        let secret = secret.ok_or_else(|| denied("InvalidAccessKeyID", "the access key id is not valid"))?;
        let canonical = canonical_request(parts, &credential.signed_headers, payload);
        let to_sign = format!("{ALGORITHM}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
        if sign(secret, &to_sign) != credential.signature {
            let message = format!("the signature does not match; canonical request: {canonical:?}");
            return Err(denied("SignatureNotMatch", message));
        }
        Ok(())
    }
}

impl<'a> Credential<'a> {
    fn of(headers: &'a HeaderMap) -> Result<Self, FcError> {
        let malformed = || FcError::invalid("the Authorization header does not fit ACS3-HMAC-SHA256");
        let rest = text(headers, "authorization")?.strip_prefix(ALGORITHM).ok_or_else(malformed)?;
        let fields: HashMap<_, _> =
            rest.split(',').filter_map(|field| field.trim().split_once('=')).collect();
        match (fields.get("Credential"), fields.get("SignedHeaders"), fields.get("Signature")) {
            (Some(key_id), Some(signed), Some(signature)) => {
                Ok(Self { key_id, signed_headers: signed.split(';').collect(), signature })
            }
            _ => Err(malformed()),
        }
    }
}

fn canonical_request(parts: &Parts, signed_headers: &[&str], payload: &str) -> String {
    let path = parts.uri.path().replace('$', "%24");
    let mut query: Vec<(String, String)> =
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
    query.sort();
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let query: Vec<_> =
        query.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let headers: String = signed_headers
        .iter()
        .map(|name| format!("{name}:{}\n", canonical_value(&parts.headers, name)))
        .collect();
    let method = &parts.method;
    format!("{method}\n{path}\n{}\n{headers}\n{}\n{payload}", query.join("&"), signed_headers.join(";"))
}

fn canonical_value(headers: &HeaderMap, name: &str) -> String {
    let mut values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
        .collect();
    values.sort();
    values.join(",")
}

fn check_date(date: &str, now: Timestamp) -> Result<(), FcError> {
    let date: Timestamp = date.parse().map_err(|_| FcError::invalid("x-acs-date is not an ISO 8601 time"))?;
    if date.duration_since(now).unsigned_abs() > SKEW {
        return Err(denied(
            "AccessDenied",
            "x-acs-date differs from the server's time by more than 15 minutes",
        ));
    }
    Ok(())
}

fn sign(secret: &str, to_sign: &str) -> String {
    // HMAC takes keys of any length: the error cannot happen, and an empty signature matches nothing.
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mut mac| {
            mac.update(to_sign.as_bytes());
            hex(&mac.finalize().into_bytes())
        })
        .unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, FcError> {
    headers.get(name).and_then(|value| value.to_str().ok()).ok_or_else(|| {
        FcError::new(StatusCode::BAD_REQUEST, "MissingRequiredHeader", format!("header {name} is required"))
    })
}

fn denied(code: &str, message: impl Into<String>) -> FcError {
    FcError::new(StatusCode::FORBIDDEN, code, message)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use http::Request;

    fn signed(secret: &str, date: Timestamp) -> Parts {
        let hash = hex(&Sha256::digest(b"{}"));
        let request = Request::post("/2023-03-30/functions/f/invocations?qualifier=LATEST&b=%E4%B8%AD%20x")
            .header("host", "127.0.0.1:1")
            .header("x-acs-date", date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
            .header("x-acs-signature-nonce", "once")
            .header("x-acs-content-sha256", &hash);
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let names = ["host", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce"];
        let canonical = canonical_request(&parts, &names, &hash);
        let signature = sign(secret, &format!("{ALGORITHM}\n{}", hex(&Sha256::digest(canonical.as_bytes()))));
        let value =
            format!("{ALGORITHM} Credential=id,SignedHeaders={},Signature={signature}", names.join(";"));
        parts.headers.insert("authorization", value.parse().unwrap());
        parts
    }

    fn keys() -> Keys {
        Keys::new([("id".to_owned(), "secret".to_owned())])
    }

    fn code(result: Result<(), FcError>) -> String {
        result.err().map(|error| error.code).unwrap_or_default()
    }

    #[test]
    fn the_canonical_request_sorts_and_encodes_the_query() {
        let parts = signed("secret", Timestamp::now());
        let canonical = canonical_request(&parts, &["host"], "hash");
        assert_eq!(
            canonical,
            "POST\n/2023-03-30/functions/f/invocations\nb=%E4%B8%AD%20x&qualifier=LATEST\nhost:127.0.0.1:1\n\nhost\nhash"
        );
    }

    #[test]
    fn a_signed_call_passes_once() {
        let (keys, parts) = (keys(), signed("secret", Timestamp::now()));
        assert_eq!(keys.verify_api(&parts, b"{}"), Ok(()));
        assert_eq!(code(keys.verify_api(&parts, b"{}")), "AccessDenied");
    }

    #[test]
    fn wrong_secret_body_date_and_key_are_refused() {
        let now = Timestamp::now();
        assert_eq!(code(keys().verify_api(&signed("other", now), b"{}")), "SignatureNotMatch");
        assert_eq!(code(keys().verify_api(&signed("secret", now), b"[]")), "SignatureNotMatch");
        let late = now - jiff::SignedDuration::from_mins(16);
        assert_eq!(code(keys().verify_api(&signed("secret", late), b"{}")), "AccessDenied");
        assert_eq!(code(Keys::new([]).verify_api(&signed("secret", now), b"{}")), "InvalidAccessKeyID");
        let (keys, parts) = (keys(), signed("secret", now));
        keys.expire(&parts);
        assert_eq!(code(keys.verify_api(&parts, b"{}")), "InvalidAccessKeyID");
    }

    #[test]
    fn an_unsigned_call_lacks_a_header() {
        let (parts, ()) = Request::post("/")
            .header("x-acs-content-sha256", hex(&Sha256::digest(b"")))
            .body(())
            .unwrap()
            .into_parts();
        assert_eq!(code(keys().verify_api(&parts, b"")), "MissingRequiredHeader");
    }
}
