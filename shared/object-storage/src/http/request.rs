//! One signed request and its answer.

use super::{
    address::{check_key, encode_query},
    error_response, headers,
    http_client::{SendError, StoreResponse, blames_clock},
    remote::Remote,
    resign::{Attempted, Refused},
    signing::{self, Scheme, UnsignedRequest},
    store_request::{Payload, StoreRequest},
};
use crate::{
    body::upload_body::{Progress, UploadBody},
    credentials::signing_keys::SigningKeys,
    error::{Error, ErrorKind, from_body},
};
use ::error::read_body;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{ACCEPT, CONTENT_LENGTH, USER_AGENT},
};
use http_body::Body as _;
use std::time::SystemTime;

/// Documents are small: a list of 1,000 objects with long keys is about 1.5 MiB.
const DOCUMENT_LIMIT: usize = 8 << 20;
const AGENT: &str = concat!("oss2youku/", env!("CARGO_PKG_VERSION"));

impl Remote {
    /// Sends a request and returns the successful response, its body unread. It is sent again only where it was refused for its time, its
    /// keys or the version of its signature, once for each; a streamed body is left to the caller to send again.
    pub(super) async fn send(
        &self,
        request: StoreRequest<'_>,
        mut payload: Payload,
    ) -> Result<StoreResponse, Error> {
        if let Some(Err(message)) = request.key.map(|key| check_key(self.provider, key)) {
            let refused = Error::new(ErrorKind::InvalidKey, request.operation, message);
            return Err(self.with_location(&request, refused));
        }
        let (mut scheme, mut tried) = (self.choose_scheme(), Attempted::default());
        let again = match &payload {
            Payload::Bytes(bytes) => Some(bytes.clone()),
            Payload::Stream(..) => None,
        };
        loop {
            // Boxed: otherwise each of its callers' programs gets a copy of the exchange, 17 kB each.
            let refused = match Box::pin(self.send_once(&request, payload, &scheme)).await {
                Ok(answer) => return Ok(answer),
                Err(refused) => refused,
            };
            let error = self.prepare_resend(refused, &mut scheme, &mut tried).await;
            let error = error.map_err(|error| self.with_location(&request, error))?;
            let Some(bytes) = &again else {
                return Err(self.with_location(&request, error.retryable()));
            };
            payload = Payload::Bytes(bytes.clone());
        }
    }

    /// Sends a request and returns the document that answers it.
    pub(super) async fn fetch_document(
        &self,
        request: StoreRequest<'_>,
        payload: Payload,
    ) -> Result<(StatusCode, HeaderMap, String), Error> {
        let operation = request.operation;
        let patience = request.patience;
        let answer = self.send(request, payload).await?;
        let (head, body) = answer.into_parts();
        let body = match tokio::time::timeout(patience, read_body(body, DOCUMENT_LIMIT)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => return Err(Error::new(ErrorKind::Connection, operation, "the answer was cut")),
            Err(_) => return Err(Error::new(ErrorKind::Connection, operation, "the answer stalled")),
        };
        Ok((head.status, head.headers, String::from_utf8_lossy(&body).into_owned()))
    }

    async fn send_once(
        &self,
        request: &StoreRequest<'_>,
        payload: Payload,
        scheme: &Scheme,
    ) -> Result<StoreResponse, Refused> {
        let keys = self.credentials.get().await?;
        let stamp = self.endpoint.stamp();
        let progress = Progress::new();
        let body = payload.into_body(&progress);
        let mut signed = self.sign_request(request, scheme, keys.as_deref(), stamp.at)?.map(|()| body);
        if signed.body().is_end_stream() && (request.method == Method::PUT || request.method == Method::POST)
        {
            // Some gateways want the length even of nothing. Any other length the client states itself.
            signed.headers_mut().insert(CONTENT_LENGTH, 0.into());
        }
        let answer = self.send_watched(request, signed, &progress).await?;
        tracing::debug!(
            operation = request.operation,
            status = answer.status().as_u16(),
            "object storage answered"
        );
        if answer.status().is_success() {
            self.endpoint.note_response(answer.status(), answer.headers(), false);
            self.endpoint.note_accepted(stamp);
            return Ok(answer);
        }
        let server_time = headers::date(answer.headers());
        let sent = error_response::Sent {
            operation: request.operation,
            create_only: request.create_only,
            with_token: keys.as_ref().is_some_and(|keys| keys.token.is_some()),
            at: stamp.at,
        };
        let error = error_response::read_error(&sent, &self.endpoint, answer).await;
        if !matches!(error.kind(), ErrorKind::ClockSkewed | ErrorKind::Throttled | ErrorKind::Unavailable) {
            self.endpoint.note_accepted(stamp); // it was refused for something else
        }
        Err(Refused { error, keys, stamp: Some(stamp), server_time })
    }

    fn sign_request(
        &self,
        request: &StoreRequest<'_>,
        scheme: &Scheme,
        keys: Option<&SigningKeys>,
        at: SystemTime,
    ) -> Result<http::Request<()>, Error> {
        let query = encode_query(&request.query);
        let bad = |message| Error::new(ErrorKind::Config, request.operation, message);
        let url = self.address.url(request.key, &query).map_err(bad)?;
        let mut headers = match keys {
            None => request.headers.clone(),
            Some(keys) => {
                let request = UnsignedRequest {
                    method: &request.method,
                    url: &url,
                    bucket: &self.bucket,
                    key: request.key,
                    query: &request.query,
                    headers: request.headers.clone(),
                };
                signing::sign(scheme, keys, at, request)
                    .map_err(|_| bad("a value cannot stand in a header"))?
            }
        };
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        let mut signed = http::Request::new(());
        *signed.uri_mut() = url.as_str().parse().map_err(|_| bad("the address cannot be used"))?;
        *signed.method_mut() = request.method.clone();
        *signed.headers_mut() = headers;
        Ok(signed)
    }

    /// Waits for the head of the answer, for as long as something moves.
    async fn send_watched(
        &self,
        request: &StoreRequest<'_>,
        signed: http::Request<UploadBody>,
        progress: &Progress,
    ) -> Result<StoreResponse, Error> {
        let mut exchange = self.http.send(signed);
        loop {
            let left = progress.left(request.patience);
            if left.is_zero() {
                return Err(Error::new(
                    ErrorKind::Connection,
                    request.operation,
                    "nothing moved for too long",
                )
                .with_context("seconds", request.patience.as_secs()));
            }
            tokio::select! {
                biased;
                answer = &mut exchange => return answer.map_err(|error| from_send_error(request.operation, error, progress)),
                () = tokio::time::sleep(left) => {}
            }
        }
    }
}

fn from_send_error(operation: &'static str, error: SendError, progress: &Progress) -> Error {
    if let Some(source) = progress.take_failure() {
        return from_body(operation, source);
    }
    let message = match error.is_connect() {
        true if blames_clock(&error) => {
            "the store cannot be reached: its certificate is not valid at this machine's time; its clock may be wrong"
        }
        true => "the store cannot be reached",
        false => "no answer",
    };
    Error::new(ErrorKind::Connection, operation, message).with_source(error)
}
