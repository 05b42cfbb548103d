//! Signatures, made by reqsign; this file decides what it gets to see.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqsign_aliyun_oss::SigningVersion;
use reqsign_core::{Context, SignRequest as _};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::key_ring::Keys;

/// A way to sign, with what it needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scheme {
    OssV1,
    OssV4 { region: String },
    S3 { region: String },
}

/// One request as the signer sees it.
pub(crate) struct Unsigned<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a Url,
    /// `/bucket/key?query`, encoded.
    pub(crate) resource: &'a str,
    pub(crate) headers: HeaderMap,
}

/// Adds the signature to the request's headers and answers them all.
///
/// Two things about reqsign's OSS signer are worked around here. It takes the bucket from the host name, which is wrong for a custom
/// domain: it is given the canonical resource as if that were the URL, right for every addressing. And in V4 it signs every
/// header it sees, naming them in `AdditionalHeaders`, or leaving that field empty: it is shown only the headers that are always
/// signed, and `Authorization` is brought to the form the official clients send, without the empty field and without blanks.
pub(crate) fn sign(
    scheme: &Scheme,
    keys: &Keys,
    request: Unsigned<'_>,
) -> impl Future<Output = Result<HeaderMap, reqsign_core::Error>> + Send {
    let (mut signed, plain) = split(request.headers);
    let uri = match scheme {
        Scheme::S3 { .. } => request.url.as_str().to_owned(),
        Scheme::OssV1 | Scheme::OssV4 { .. } => format!("http://oss{}", request.resource),
    };
    let head = http::Request::builder().method(request.method).uri(uri).body(());
    async move {
        let mut head = head
            .map_err(|error| reqsign_core::Error::request_invalid("request").with_source(error))?
            .into_parts()
            .0;
        std::mem::swap(&mut head.headers, &mut signed);
        let context = Context::new();
        match scheme {
            Scheme::S3 { region } => {
                let credential = s3_credential(keys);
                reqsign_aws_v4::RequestSigner::new("s3", region)
                    .sign_request(&context, &mut head, Some(&credential), None)
                    .await?;
            }
            Scheme::OssV1 => {
                let signer =
                    reqsign_aliyun_oss::RequestSigner::new("").with_signing_version(SigningVersion::V1);
                signer.sign_request(&context, &mut head, Some(&oss_credential(keys)), None).await?;
            }
            Scheme::OssV4 { region } => {
                let signer = reqsign_aliyun_oss::RequestSigner::new("")
                    .with_signing_version(SigningVersion::V4)
                    .with_region(region.clone());
                signer.sign_request(&context, &mut head, Some(&oss_credential(keys)), None).await?;
                tidy_authorization(&mut head.headers)?;
            }
        }
        head.headers.extend(plain);
        for name in ["x-oss-security-token", "x-amz-security-token"] {
            if let Some(token) = head.headers.get_mut(name) {
                token.set_sensitive(true);
            }
        }
        Ok(head.headers)
    }
}

fn split(headers: HeaderMap) -> (HeaderMap, HeaderMap) {
    let mut signed = HeaderMap::new();
    let mut plain = HeaderMap::new();
    for (name, value) in headers.iter() {
        let to = if always_signed(name) { &mut signed } else { &mut plain };
        to.append(name.clone(), value.clone());
    }
    (signed, plain)
}

fn always_signed(name: &HeaderName) -> bool {
    name == CONTENT_TYPE
        || name == "content-md5"
        || name.as_str().starts_with("x-oss-")
        || name.as_str().starts_with("x-amz-")
}

fn tidy_authorization(headers: &mut HeaderMap) -> Result<(), reqsign_core::Error> {
    if let Some(value) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) {
        let mut value: HeaderValue = value.replace(" AdditionalHeaders=,", "").replace(", ", ",").parse()?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(())
}

// The end of a pair's life is the key ring's business: with a clock that is off, the server knows better.
fn oss_credential(keys: &Keys) -> reqsign_aliyun_oss::Credential {
    reqsign_aliyun_oss::Credential {
        access_key_id: keys.id.clone(),
        access_key_secret: keys.secret.expose_secret().to_owned(),
        security_token: keys.token.as_ref().map(|token| token.expose_secret().to_owned()),
        expires_in: None,
    }
}

fn s3_credential(keys: &Keys) -> reqsign_aws_v4::Credential {
    reqsign_aws_v4::Credential {
        access_key_id: keys.id.clone(),
        secret_access_key: keys.secret.expose_secret().to_owned(),
        session_token: keys.token.as_ref().map(|token| token.expose_secret().to_owned()),
        expires_in: None,
    }
}

/// Endpoints and buckets that refused V4, for the life of the process.
static WANT_V1: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

pub(crate) fn wants_v1(identity: &str) -> bool {
    WANT_V1.lock().unwrap_or_else(PoisonError::into_inner).contains(identity)
}

pub(crate) fn remember_v1(identity: &str) {
    WANT_V1.lock().unwrap_or_else(PoisonError::into_inner).insert(identity.to_owned());
}
