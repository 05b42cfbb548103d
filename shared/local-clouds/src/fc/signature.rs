//! Verifies ACS3-HMAC-SHA256 signatures (fc.md, sections 3.1 and 3.2).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::fc::canonical::canonical_request;
use crate::fc::credential::ALGORITHM;
use crate::fc::credential::{Credential, deny, require_header};
use crate::fc::error::FcError;
use crate::fc::lock::lock;

const SKEW: Duration = Duration::from_secs(15 * 60);

/// The account's access keys.
#[derive(Clone)]
pub(crate) struct AccountKeys {
    secrets: Arc<HashMap<String, String>>,
    used: Arc<Mutex<KeyUsage>>,
}

#[derive(Default)]
struct KeyUsage {
    expired: HashSet<String>,
    nonces: HashSet<String>,
}

impl AccountKeys {
    pub(crate) fn new(keys: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { secrets: Arc::new(keys.into_iter().collect()), used: Arc::default() }
    }

    /// Makes this request's key invalid from now on.
    pub(crate) fn expire(&self, parts: &Parts) {
        if let Ok(credential) = Credential::from_headers(&parts.headers) {
            lock(&self.used).expired.insert(credential.key_id.to_owned());
        }
    }

    /// Verifies an OpenAPI call: body hash, date and nonce are signed, and a nonce is accepted once.
    pub(crate) fn verify_api(&self, parts: &Parts, body: &[u8]) -> Result<(), FcError> {
        let stated = require_header(&parts.headers, "x-acs-content-sha256")?;
        if stated != base16ct::lower::encode_string(&Sha256::digest(body)) {
            return Err(deny("SignatureNotMatch", "x-acs-content-sha256 is not the hash of the body"));
        }
        let nonce = require_header(&parts.headers, "x-acs-signature-nonce")?;
        let must = ["host", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce"];
        self.verify(parts, stated, &must)?;
        if !lock(&self.used).nonces.insert(nonce.to_owned()) {
            return Err(deny("AccessDenied", "x-acs-signature-nonce was used before"));
        }
        Ok(())
    }

    /// Verifies a call of an HTTP trigger, whose body is not signed.
    pub(crate) fn verify_trigger(&self, parts: &Parts) -> Result<(), FcError> {
        self.verify(parts, "", &["x-acs-date"])
    }

    fn verify(&self, parts: &Parts, payload: &str, must: &[&str]) -> Result<(), FcError> {
        let credential = Credential::from_headers(&parts.headers)?;
        if let Some(missing) = must.iter().find(|name| !credential.signed_headers.contains(name)) {
            return Err(deny("SignatureNotMatch", format!("header {missing} is not signed")));
        }
        check_date(require_header(&parts.headers, "x-acs-date")?, Timestamp::now())?;
        let secret = self.secrets.get(credential.key_id);
        let secret = secret.filter(|_| !lock(&self.used).expired.contains(credential.key_id));
        let secret = secret.ok_or_else(|| deny("InvalidAccessKeyID", "the access key id is not valid"))?;
        let canonical = canonical_request(parts, &credential.signed_headers, payload);
        let to_sign =
            format!("{ALGORITHM}\n{}", base16ct::lower::encode_string(&Sha256::digest(canonical.as_bytes())));
        if sign(secret, &to_sign) != credential.signature {
            let message = format!("the signature does not match; canonical request: {canonical:?}");
            return Err(deny("SignatureNotMatch", message));
        }
        Ok(())
    }
}

fn check_date(date: &str, now: Timestamp) -> Result<(), FcError> {
    let date: Timestamp = date.parse().map_err(|_| FcError::invalid("x-acs-date is not an ISO 8601 time"))?;
    if date.duration_since(now).unsigned_abs() > SKEW {
        return Err(deny(
            "AccessDenied",
            "x-acs-date differs from the server's time by more than 15 minutes",
        ));
    }
    Ok(())
}

fn sign(secret: &str, to_sign: &str) -> String {
    // HMAC takes keys of any length: the error cannot occur, and an empty signature matches nothing.
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mut mac| {
            mac.update(to_sign.as_bytes());
            base16ct::lower::encode_string(&mac.finalize().into_bytes())
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use http::Request;

    fn signed(secret: &str, date: Timestamp) -> Parts {
        let hash = base16ct::lower::encode_string(&Sha256::digest(b"{}"));
        let request = Request::post("/2023-03-30/functions/f/invocations?qualifier=LATEST&b=%E4%B8%AD%20x")
            .header("host", "127.0.0.1:1")
            .header("x-acs-date", date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
            .header("x-acs-signature-nonce", "once")
            .header("x-acs-content-sha256", &hash);
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let names = ["host", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce"];
        let canonical = canonical_request(&parts, &names, &hash);
        let signature = sign(
            secret,
            &format!(
                "{ALGORITHM}\n{}",
                base16ct::lower::encode_string(&Sha256::digest(canonical.as_bytes()))
            ),
        );
        let value =
            format!("{ALGORITHM} Credential=id,SignedHeaders={},Signature={signature}", names.join(";"));
        parts.headers.insert("authorization", value.parse().unwrap());
        parts
    }

    fn keys() -> AccountKeys {
        AccountKeys::new([("id".to_owned(), "secret".to_owned())])
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
        assert_eq!(
            code(AccountKeys::new([]).verify_api(&signed("secret", now), b"{}")),
            "InvalidAccessKeyID"
        );
        let (keys, parts) = (keys(), signed("secret", now));
        keys.expire(&parts);
        assert_eq!(code(keys.verify_api(&parts, b"{}")), "InvalidAccessKeyID");
    }

    #[test]
    fn an_unsigned_call_lacks_a_header() {
        let (parts, ()) = Request::post("/")
            .header("x-acs-content-sha256", base16ct::lower::encode_string(&Sha256::digest(b"")))
            .body(())
            .unwrap()
            .into_parts();
        assert_eq!(code(keys().verify_api(&parts, b"")), "MissingRequiredHeader");
    }
}
