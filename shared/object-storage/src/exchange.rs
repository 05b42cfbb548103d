//! One signed request and its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body::Body as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Limited};

use crate::address::{Address, check_key, encode_query};
use crate::config::{Provider, SignatureVersion};
use crate::http_client::{Answer, HttpClient, SendError};
use crate::key_ring::{KeyRing, Keys};
use crate::sign::{self, Scheme, Unsigned};
use crate::upload_body::{Progress, UploadBody};
use crate::{BoxError, Error, ErrorKind, Verdict, answer};

/// Documents are small: a list of 1,000 objects with long keys is about 1.5 MiB.
const DOCUMENT_LIMIT: usize = 8 << 20;
const AGENT: &str = concat!("oss2youku/", env!("CARGO_PKG_VERSION"));

/// A bucket behind HTTP.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) provider: Provider,
    pub(crate) bucket: String,
    pub(crate) address: Address,
    pub(crate) signature: SignatureVersion,
    /// Empty where only V1 is used.
    pub(crate) region: String,
    pub(crate) keys: KeyRing,
    pub(crate) http: HttpClient,
    pub(crate) idle: Duration,
    pub(crate) stall: Duration,
}

/// A request before it is signed.
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) key: Option<&'a str>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) create_only: bool,
    /// How long the answer may take once nothing moves any more.
    pub(crate) patience: Duration,
}

/// What goes out with it.
pub(crate) enum Payload {
    Bytes(Bytes),
    Stream(UnsyncBoxBody<Bytes, BoxError>, u64),
}

impl Payload {
    pub(crate) const NONE: Self = Self::Bytes(Bytes::new());

    fn into_body(self, progress: &Arc<Progress>) -> UploadBody {
        match self {
            Self::Bytes(bytes) => UploadBody::whole(bytes, progress.clone()),
            Self::Stream(body, length) => UploadBody::new(body, length, progress.clone()),
        }
    }
}

impl Remote {
    pub(crate) fn call<'a>(&self, operation: &'static str, method: Method, key: Option<&'a str>) -> Call<'a> {
        Call {
            operation,
            method,
            key,
            query: Vec::new(),
            headers: HeaderMap::new(),
            create_only: false,
            patience: self.idle,
        }
    }

    /// Sends `call` and answers a successful response, its body unread. The only repetition is the one under V1.
    pub(crate) async fn send(&self, call: Call<'_>, payload: Payload) -> Result<Answer, Error> {
        if let Some(Err(message)) = call.key.map(check_key) {
            return Err(self.placed(&call, Error::new(ErrorKind::Config, call.operation, message)));
        }
        let scheme = self.scheme();
        let again = match &payload {
            Payload::Bytes(bytes) => Some(bytes.clone()),
            Payload::Stream(..) => None,
        };
        // Boxed: else each of its callers' programs gets a copy of the exchange, 17 kB each.
        let outcome = Box::pin(self.send_once(&call, payload, &scheme)).await;
        let outcome = match outcome {
            Err(error)
                if error.kind() == ErrorKind::SignatureVersionRefused
                    && self.signature == SignatureVersion::Auto
                    && scheme != Scheme::OssV1 =>
            {
                sign::remember_v1(&self.address.identity);
                match again {
                    Some(bytes) => {
                        Box::pin(self.send_once(&call, Payload::Bytes(bytes), &Scheme::OssV1)).await
                    }
                    None => Err(error.with_verdict(Verdict::Retry { not_before: None })),
                }
            }
            outcome => outcome,
        };
        outcome.map_err(|error| self.placed(&call, error))
    }

    /// Sends `call` and answers its document.
    pub(crate) async fn document(
        &self,
        call: Call<'_>,
        payload: Payload,
    ) -> Result<(StatusCode, HeaderMap, String), Error> {
        let operation = call.operation;
        let patience = call.patience;
        let answer = self.send(call, payload).await?;
        let (head, body) = answer.into_parts();
        let read = tokio::time::timeout(patience, Limited::new(body, DOCUMENT_LIMIT).collect()).await;
        let body = match read {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(_)) => return Err(Error::new(ErrorKind::Connection, operation, "the answer was cut")),
            Err(_) => return Err(Error::new(ErrorKind::Connection, operation, "the answer stalled")),
        };
        Ok((head.status, head.headers, String::from_utf8_lossy(&body).into_owned()))
    }

    pub(crate) fn protocol(&self, operation: &'static str, message: &'static str) -> Error {
        Error::new(ErrorKind::Protocol, operation, message).with_context("bucket", &self.bucket)
    }

    /// A document that cannot be read, from a server whose documents can: asking again tells.
    pub(crate) fn garbled(&self, operation: &'static str, message: &'static str) -> Error {
        self.protocol(operation, message).with_verdict(Verdict::Retry { not_before: None })
    }

    fn scheme(&self) -> Scheme {
        let region = self.region.clone();
        match (self.provider, self.signature) {
            (Provider::S3, _) => Scheme::S3 { region },
            (_, SignatureVersion::V1) => Scheme::OssV1,
            (_, SignatureVersion::Auto) if sign::wants_v1(&self.address.identity) => Scheme::OssV1,
            _ => Scheme::OssV4 { region },
        }
    }

    fn placed(&self, call: &Call<'_>, error: Error) -> Error {
        let error = error.with_context("bucket", &self.bucket);
        match call.key {
            Some(key) => error.with_context("key", key),
            None => error,
        }
    }

    async fn send_once(&self, call: &Call<'_>, payload: Payload, scheme: &Scheme) -> Result<Answer, Error> {
        let keys = self.keys.get().await?;
        let progress = Progress::new();
        let body = payload.into_body(&progress);
        let mut request = self.signed(call, scheme, keys.as_deref()).await?.map(|()| body);
        if request.body().is_end_stream() && (call.method == Method::PUT || call.method == Method::POST) {
            // Some gateways want the length even of nothing. Any other is told by the client.
            request.headers_mut().insert(CONTENT_LENGTH, 0.into());
        }
        let answer = self.watched(call, request, &progress).await?;
        tracing::debug!(
            operation = call.operation,
            status = answer.status().as_u16(),
            "object storage answered"
        );
        if answer.status().is_success() {
            return Ok(answer);
        }
        let error = answer::refusal(call.operation, call.create_only, answer).await;
        if error.kind() == ErrorKind::CredentialExpired && !self.keys.refused(keys.as_ref()).await {
            return Err(error.with_verdict(Verdict::Permanent));
        }
        Err(error)
    }

    async fn signed(
        &self,
        call: &Call<'_>,
        scheme: &Scheme,
        keys: Option<&Keys>,
    ) -> Result<http::Request<()>, Error> {
        let query = encode_query(&call.query);
        let bad = |message| Error::new(ErrorKind::Config, call.operation, message);
        let url = self.address.url(call.key, &query).map_err(bad)?;
        let mut headers = match keys {
            None => call.headers.clone(),
            Some(keys) => {
                let resource = self.address.resource(call.key, &query);
                let request = Unsigned {
                    method: &call.method,
                    url: &url,
                    resource: &resource,
                    headers: call.headers.clone(),
                };
                // reqsign's error can hold the value it choked on.
                sign::sign(scheme, keys, request).await.map_err(|_| bad("the request could not be signed"))?
            }
        };
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        let mut request = http::Request::new(());
        *request.uri_mut() = url.as_str().parse().map_err(|_| bad("the address cannot be used"))?;
        *request.method_mut() = call.method.clone();
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// Waits for the head of the answer, for as long as something moves.
    async fn watched(
        &self,
        call: &Call<'_>,
        request: http::Request<UploadBody>,
        progress: &Progress,
    ) -> Result<Answer, Error> {
        let mut exchange = self.http.send(request);
        loop {
            let left = progress.left(call.patience);
            if left.is_zero() {
                return Err(Error::new(ErrorKind::Connection, call.operation, "nothing moved for too long")
                    .with_context("seconds", call.patience.as_secs()));
            }
            tokio::select! {
                biased;
                answer = &mut exchange => return answer.map_err(|error| unanswered(call.operation, error, progress)),
                () = tokio::time::sleep(left) => {}
            }
        }
    }
}

fn unanswered(operation: &'static str, error: SendError, progress: &Progress) -> Error {
    if let Some(source) = progress.failure() {
        return Error::body_failed(operation, source);
    }
    let message = if error.is_connect() { "no connection" } else { "no answer" };
    Error::new(ErrorKind::Connection, operation, message).with_source(error)
}
