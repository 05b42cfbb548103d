//! Signatures: OSS's V4 and V1, and S3's, which V4 resembles.
//!
//! They are made here because a request must be signable with another time than this machine's, and reqsign's signers take no time.

mod canonical;
pub(crate) mod policy;
mod v1;
pub(crate) mod v1_buckets;
mod v4;

pub(crate) use canonical::UnsignedRequest;

use crate::credentials::signing_keys::SigningKeys;
use http::{HeaderMap, header::InvalidHeaderValue};
use jiff::Timestamp;
use std::time::SystemTime;

/// A way to sign, with what it needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scheme {
    OssV1,
    OssV4 { region: String },
    S3 { region: String },
}

/// Adds the signature of the time `at` to the request's headers and returns them all.
///
/// Whatever the URL looks like, OSS signs `/bucket/key`. Of the headers only those are signed that every client signs.
pub(crate) fn sign(
    scheme: &Scheme,
    keys: &SigningKeys,
    at: SystemTime,
    request: UnsignedRequest<'_>,
) -> Result<HeaderMap, InvalidHeaderValue> {
    let at = Timestamp::try_from(at).unwrap_or_default();
    match scheme {
        Scheme::OssV1 => v1::sign(keys, at, request),
        Scheme::OssV4 { region } => v4::sign(&v4::OSS, region, keys, at, request),
        Scheme::S3 { region } => v4::sign(&v4::S3, region, keys, at, request),
    }
}
