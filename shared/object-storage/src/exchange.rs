//! One signed request and its answer.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body::Body as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Limited};

use crate::address::{Address, check_key, encode_query};
use crate::config::{Provider, SignatureVersion};
use crate::cures::{Refused, Tried};
use crate::endpoint::Endpoint;
use crate::http_client::{Answer, HttpClient, SendError, blames_clock};
use crate::key_ring::{KeyRing, Keys};
use crate::sign::{self, Scheme, Unsigned};
use crate::upload_body::{Progress, UploadBody};
use crate::{BoxError, Error, ErrorKind, Verdict, answer, headers};

/// Documents are small: a list of 1,000 objects with long keys is about 1.5 MiB.
const DOCUMENT_LIMIT: usize = 8 << 20;
const AGENT: &str = concat!("oss2youku/", env!("CARGO_PKG_VERSION"));

/// A bucket behind HTTP.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) provider: Provider,
    pub(crate) bucket: String,
    pub(crate) address: Address,
    pub(crate) endpoint: Arc<Endpoint>,
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

    /// Sends `call` and answers a successful response, its body unread. It is sent again only where it was refused for its time, its
    /// keys or the version of its signature, once for each; a streamed body is left to the caller to send again.
    pub(crate) async fn send(&self, call: Call<'_>, mut payload: Payload) -> Result<Answer, Error> {
        if let Some(Err(message)) = call.key.map(check_key) {
            return Err(self.placed(&call, Error::new(ErrorKind::Config, call.operation, message)));
        }
        let (mut scheme, mut tried) = (self.scheme(), Tried::default());
        let again = match &payload {
            Payload::Bytes(bytes) => Some(bytes.clone()),
            Payload::Stream(..) => None,
        };
        loop {
            // Boxed: else each of its callers' programs gets a copy of the exchange, 17 kB each.
            let refused = match Box::pin(self.send_once(&call, payload, &scheme)).await {
                Ok(answer) => return Ok(answer),
                Err(refused) => refused,
            };
            let error = self.cure(refused, &mut scheme, &mut tried).await;
            let error = error.map_err(|error| self.placed(&call, error))?;
            let Some(bytes) = &again else {
                return Err(self.placed(&call, error.with_verdict(Verdict::Retry { not_before: None })));
            };
            payload = Payload::Bytes(bytes.clone());
        }
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

    /// An answer that breaks the store's protocol: asking again tells.
    pub(crate) fn protocol(&self, operation: &'static str, message: &'static str) -> Error {
        Error::new(ErrorKind::Protocol, operation, message).with_context("bucket", &self.bucket)
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

    async fn send_once(&self, call: &Call<'_>, payload: Payload, scheme: &Scheme) -> Result<Answer, Refused> {
        let keys = self.keys.get().await?;
        let stamp = self.endpoint.stamp();
        let progress = Progress::new();
        let body = payload.into_body(&progress);
        let mut request = self.signed(call, scheme, keys.as_deref(), stamp.at)?.map(|()| body);
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
            self.endpoint.heard(answer.status(), answer.headers(), false);
            self.endpoint.accepted(stamp);
            return Ok(answer);
        }
        let told = headers::date(answer.headers());
        let asked = answer::Asked {
            operation: call.operation,
            create_only: call.create_only,
            with_token: keys.as_ref().is_some_and(|keys| keys.token.is_some()),
            at: stamp.at,
        };
        let error = answer::refusal(&asked, &self.endpoint, answer).await;
        if !matches!(error.kind(), ErrorKind::ClockSkewed | ErrorKind::Throttled | ErrorKind::Unavailable) {
            self.endpoint.accepted(stamp); // it was refused for something else
        }
        Err(Refused { error, keys, stamp: Some(stamp), told })
    }

    fn signed(
        &self,
        call: &Call<'_>,
        scheme: &Scheme,
        keys: Option<&Keys>,
        at: SystemTime,
    ) -> Result<http::Request<()>, Error> {
        let query = encode_query(&call.query);
        let bad = |message| Error::new(ErrorKind::Config, call.operation, message);
        let url = self.address.url(call.key, &query).map_err(bad)?;
        let mut headers = match keys {
            None => call.headers.clone(),
            Some(keys) => {
                let request = Unsigned {
                    method: &call.method,
                    url: &url,
                    bucket: &self.bucket,
                    key: call.key,
                    query: &call.query,
                    headers: call.headers.clone(),
                };
                sign::sign(scheme, keys, at, request).map_err(|_| bad("a value cannot stand in a header"))?
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
    let message = match error.is_connect() {
        true if blames_clock(&error) => {
            "no connection: the server's certificate is not valid at this machine's time; its clock may be wrong"
        }
        true => "no connection",
        false => "no answer",
    };
    Error::new(ErrorKind::Connection, operation, message).with_source(error)
}
