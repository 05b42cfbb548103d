//! The query of a request.

use crate::{Language, response::error_response};
use axum::{
    extract::{FromRequestParts, Query},
    http::{StatusCode, request::Parts},
    response::Response,
};

/// The fields of a query, in order. A list, so that an unknown one is told, and one may be repeated.
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Fields {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(fields)) => Ok(Self(fields)),
            Err(_) => Err(invalid_query("the query is not in the form of a URL's")),
        }
    }
}

/// The response to a query that does not fit.
pub(crate) fn invalid_query(msg: &str) -> Response {
    error_response(StatusCode::BAD_REQUEST, "invalid_query", msg)
}

impl Fields {
    /// The number of a field, which is the only one of this query; `None` where it is anything else.
    pub(crate) fn number(&self, field: &str) -> Option<u64> {
        match self.0.as_slice() {
            [(name, value)] if name == field => value.parse().ok(),
            _ => None,
        }
    }

    /// The language of `?lang=`, the one field of this query; `None` where it is left out.
    ///
    /// # Errors
    /// What is wrong with a query that has another field or word.
    pub(crate) fn language(&self) -> Result<Option<Language>, &'static str> {
        let mut language = None;
        for (name, value) in &self.0 {
            if name != "lang" {
                return Err("there is lang, and nothing else");
            }
            language = Language::parse(value);
            if language.is_none() {
                return Err("lang must be zh or en");
            }
        }
        Ok(language)
    }
}
