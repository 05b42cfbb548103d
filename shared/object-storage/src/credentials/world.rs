//! What reqsign's providers need of the world: files, environment, HTTP.

use crate::body::upload_body::{Progress, UploadBody};
use crate::http::http_client::{HttpClient, SendError};
use ::error::read_body;
use bytes::Bytes;
use reqsign_core::{Context, Env, Error as SignError, FileRead, HttpSend};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

/// A metadata service that does not answer at once is not there.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_LIMIT: usize = 256 << 10;

/// Makes the providers' view of the world.
pub(crate) fn make_context(http: HttpClient, env: impl Env) -> Context {
    Context::new().with_env(NotBlank(env)).with_file_read(Files).with_http_send(Http(http))
}

/// An environment in which a variable that is blank is not set.
#[derive(Debug)]
struct NotBlank<E>(E);

impl<E: Env> Env for NotBlank<E> {
    fn var(&self, name: &str) -> Option<String> {
        self.0.var(name).filter(|value| !value.trim().is_empty())
    }

    fn vars(&self) -> HashMap<String, String> {
        let mut all = self.0.vars();
        all.retain(|_, value| !value.trim().is_empty());
        all
    }

    fn home_dir(&self) -> Option<PathBuf> {
        self.0.home_dir()
    }
}

#[derive(Debug)]
struct Files;

impl FileRead for Files {
    async fn file_read(&self, path: &str) -> reqsign_core::Result<Vec<u8>> {
        tokio::fs::read(path)
            .await
            .map_err(|error| SignError::config_invalid("file not readable").with_source(error))
    }
}

#[derive(Debug)]
struct Http(HttpClient);

impl HttpSend for Http {
    async fn http_send(&self, request: http::Request<Bytes>) -> reqsign_core::Result<http::Response<Bytes>> {
        let failed =
            |error: SendError| SignError::unexpected("no answer").with_source(error).set_retryable(true);
        let exchange = async {
            let answer = self
                .0
                .send(request.map(|bytes| UploadBody::from_bytes(bytes, Progress::new())))
                .await
                .map_err(failed)?;
            let (head, body) = answer.into_parts();
            // Providers quote a failed answer in errors and log lines; they are given none to quote.
            if !head.status.is_success() {
                return Ok(http::Response::from_parts(head, Bytes::new()));
            }
            let body =
                read_body(body, ANSWER_LIMIT).await.map_err(|_| SignError::unexpected("answer cut"))?;
            Ok(http::Response::from_parts(head, body))
        };
        tokio::time::timeout(ANSWER_WITHIN, exchange)
            .await
            .unwrap_or_else(|_| Err(SignError::unexpected("no answer in time").set_retryable(true)))
    }
}
