//! Callbacks' and robots' servers over the client of the stores, which trusts the same roots.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use object_storage::HttpClient;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use upload_core::{Error, ErrorKind};
use webhook::{AnswerBody, BoxError, Client, Config, Transport};

/// How the process reaches servers that a guard stands before.
#[derive(Debug)]
pub(crate) struct WebhookHttp(HttpClient);

impl WebhookHttp {
    /// A guarded client for `operation`.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the settings do not make one.
    pub(crate) fn client(config: Config, http: HttpClient, operation: &'static str) -> Result<Client, Error> {
        let made = Client::new(config, Arc::new(Self(http)));
        made.map_err(|error| Error::new(ErrorKind::Config, operation, error.to_string()))
    }
}

#[async_trait]
impl Transport for WebhookHttp {
    async fn send(
        &self,
        addresses: Vec<SocketAddr>,
        connect_time: Duration,
        request: Request<Bytes>,
    ) -> Result<Response<AnswerBody>, BoxError> {
        let answer = self.0.call_pinned(addresses, connect_time, request).await?;
        Ok(answer.map(|body| body.map_err(Into::into).boxed_unsync()))
    }
}
