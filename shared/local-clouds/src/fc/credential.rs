//! The `Authorization` header of ACS3-HMAC-SHA256, taken apart.

use std::collections::HashMap;

use http::{HeaderMap, StatusCode};

use crate::fc::error::FcError;

pub(crate) const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// `Authorization`, taken apart.
pub(crate) struct Credential<'a> {
    pub(crate) key_id: &'a str,
    pub(crate) signed_headers: Vec<&'a str>,
    pub(crate) signature: &'a str,
}

impl<'a> Credential<'a> {
    pub(crate) fn from_headers(headers: &'a HeaderMap) -> Result<Self, FcError> {
        let malformed = || FcError::invalid("the Authorization header does not fit ACS3-HMAC-SHA256");
        let rest = require_header(headers, "authorization")?.strip_prefix(ALGORITHM).ok_or_else(malformed)?;
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

pub(crate) fn require_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, FcError> {
    headers.get(name).and_then(|value| value.to_str().ok()).ok_or_else(|| {
        FcError::new(StatusCode::BAD_REQUEST, "MissingRequiredHeader", format!("header {name} is required"))
    })
}

pub(crate) fn deny(code: &str, message: impl Into<String>) -> FcError {
    FcError::new(StatusCode::FORBIDDEN, code, message)
}
