//! The parameters of a call: query and form together, as Youku reads them.

use std::collections::HashMap;

use axum::body::Body;
use http::request::Parts;
use http_body_util::{BodyExt, Limited};

use crate::youku::error::ApiError;

/// Longest form accepted, in bytes: a description of 2,000 characters is 18 kB when escaped.
const FORM_LIMIT: usize = 256 * 1024;

/// Name and value of each parameter.
#[derive(Debug, Default)]
pub(crate) struct Params(HashMap<String, String>);

impl Params {
    /// Reads the query only.
    pub(crate) fn from_query(parts: &Parts) -> Self {
        Self(serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default())
    }

    /// Reads the query and the form in the body; the form wins.
    pub(crate) async fn read(parts: &Parts, body: Body) -> Result<Self, ApiError> {
        let mut params = Self::from_query(parts);
        let form = Limited::new(body, FORM_LIMIT).collect().await;
        let form = form.map_err(|_| ApiError::parameter("body", "cannot be read"))?.to_bytes();
        let form: HashMap<String, String> =
            serde_urlencoded::from_bytes(&form).map_err(|_| ApiError::parameter("body", "is no form"))?;
        params.0.extend(form);
        Ok(params)
    }

    /// The value, unless absent or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether the caller sent it and left it empty.
    pub(crate) fn is_empty(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(String::is_empty)
    }

    pub(crate) fn require(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| ApiError::parameter(name, "is missing"))
    }

    pub(crate) fn number(&self, name: &str) -> Result<u64, ApiError> {
        self.require(name)?.parse().map_err(|_| ApiError::parameter(name, "is no whole number"))
    }

    /// The number, at least 1; `default` where it is not given.
    pub(crate) fn positive(&self, name: &str, default: usize) -> Result<usize, ApiError> {
        match self.get(name).map(str::parse) {
            None => Ok(default),
            Some(Ok(number)) if number > 0 => Ok(number),
            Some(_) => Err(ApiError::parameter(name, "is no whole number above 0")),
        }
    }

    /// Whether the value is `1`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("1")
    }

    #[cfg(test)]
    pub(crate) fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }
}
