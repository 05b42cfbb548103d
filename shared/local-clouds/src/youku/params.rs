//! The parameters of a call: query and form together, as Youku reads them.

use std::collections::HashMap;

use axum::body::Body;
use http::request::Parts;
use http_body_util::{BodyExt, Limited};

use super::error::Refusal;

/// Longest form taken in, bytes: a description of 2,000 characters is 18 kB when escaped.
const FORM_LIMIT: usize = 256 * 1024;

/// Name and value of each parameter.
#[derive(Debug, Default)]
pub(super) struct Params(HashMap<String, String>);

impl Params {
    /// Of the query alone.
    pub(super) fn of_query(parts: &Parts) -> Self {
        Self(serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default())
    }

    /// Of the query and the form in the body; the form wins.
    pub(super) async fn read(parts: &Parts, body: Body) -> Result<Self, Refusal> {
        let mut params = Self::of_query(parts);
        let form = Limited::new(body, FORM_LIMIT).collect().await;
        let form = form.map_err(|_| Refusal::parameter("body", "cannot be read"))?.to_bytes();
        let form: HashMap<String, String> =
            serde_urlencoded::from_bytes(&form).map_err(|_| Refusal::parameter("body", "is no form"))?;
        params.0.extend(form);
        Ok(params)
    }

    /// The value, unless absent or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::parameter(name, "is missing"))
    }

    pub(super) fn number(&self, name: &str) -> Result<u64, Refusal> {
        self.required(name)?.parse().map_err(|_| Refusal::parameter(name, "is no whole number"))
    }

    /// `1` is yes, anything else no.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("1")
    }

    #[cfg(test)]
    pub(super) fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }
}
