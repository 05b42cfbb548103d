//! Calls of the function's HTTP API.

use app::core::{Error, ErrorKind};
use axum::http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{AUTHORIZATION, InvalidHeaderValue},
};
use reqwest::{Body, Client, Response};
use serde::de::DeserializeOwned;
use std::{fmt, time::Duration};

/// For a request that the function's ledger answers: a cold start, and a page of a list.
const TIME: Duration = Duration::from_secs(30);
/// Bytes of an answer; a page of a list has 100 KiB.
const MOST: usize = 4 << 20;

/// A deployed function's HTTP API, with the token that it accepts.
pub struct Function {
    url: String,
    authorization: Option<HeaderValue>,
    client: Client,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").finish_non_exhaustive()
    }
}

impl Function {
    /// Prepares calls of the function with this HTTP trigger; connects to nothing yet.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the token is no header's value, or TLS cannot be set up.
    pub fn new(url: &str, token: Option<&str>) -> Result<Self, Error> {
        let hide = |value: HeaderValue| {
            let mut value = value;
            value.set_sensitive(true);
            value
        };
        let header = |token: &str| HeaderValue::from_str(&format!("Bearer {token}")).map(hide);
        let authorization = token.map(header).transpose().map_err(|_: InvalidHeaderValue| {
            Error::new(ErrorKind::Config, "function", "the token is not one line of visible ASCII characters")
        })?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), authorization, client: app::http_client()? })
    }

    /// Scheme and host, without path, query and what precedes an `@`: each may hold a password.
    pub(crate) fn place(&self) -> String {
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("", &self.url));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        format!("{scheme}://{}", authority.rsplit('@').next().unwrap_or_default())
    }

    /// Sends a request; `path` begins with a slash and has its query.
    ///
    /// # Errors
    /// [`Source`](ErrorKind::Source), retryable, where the function cannot be reached.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: impl Into<Body>,
    ) -> Result<Response, Error> {
        let mut request =
            self.client.request(method, format!("{}{path}", self.url)).headers(headers).body(body);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        request.send().await.map_err(|error| self.unreachable().with_source(error.without_url()))
    }

    /// Reads a JSON answer; `None` where there is no such upload.
    ///
    /// # Errors
    /// [`Source`](ErrorKind::Source), retryable, where the function cannot be reached; [`Config`](ErrorKind::Config) where it refuses the
    /// token, or is none.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Error> {
        let reading = async {
            let response = self.send(Method::GET, path, HeaderMap::new(), Body::default()).await?;
            let status = response.status();
            let body = app::read_response(response, MOST).await;
            Ok((status, body.map_err(|error| self.unreachable().with_source(error))?))
        };
        let late = |_| Err(self.unreachable());
        let (status, body) = tokio::time::timeout(TIME, reading).await.unwrap_or_else(late)?;
        let refuse = |message| {
            Error::new(ErrorKind::Config, "function", message).with_context("function", self.place())
        };
        match status {
            StatusCode::OK => serde_json::from_slice(&body)
                .map(Some)
                .map_err(|_| refuse("the answer is not that of a function of oss2youku")),
            StatusCode::NOT_FOUND if is_unknown_upload(&body) => Ok(None),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(refuse("the function does not accept the token, or it lacks the right read"))
            }
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(self.unreachable().with_context("status", status.as_u16()))
            }
            _ => Err(refuse("the answer is not that of a function of oss2youku")),
        }
    }

    fn unreachable(&self) -> Error {
        Error::new(ErrorKind::Source, "function", "the function cannot be reached, or fails for now")
            .with_context("function", self.place())
            .retryable()
    }
}

fn is_unknown_upload(body: &[u8]) -> bool {
    let told: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    told["error"] == "no_such_upload"
}
