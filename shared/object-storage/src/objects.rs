//! Whole objects in a bucket: head, read, put, list, delete.

use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH, RANGE};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use md5::{Digest as _, Md5};

use crate::config::Provider;
use crate::continued_body::ContinuedBody;
use crate::exchange::{Call, Payload, Remote};
use crate::lifecycle::{self, LifecycleRule};
use crate::types::{Listing, ObjectHead, ObjectSummary, Pin, PutBody, PutOptions, PutReceipt};
use crate::{Error, ErrorKind, Verdict, headers, xml};

const FORBID_OVERWRITE: HeaderName = HeaderName::from_static("x-oss-forbid-overwrite");
const CHECKSUM_MODE: HeaderName = HeaderName::from_static("x-amz-checksum-mode");
const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");
const LIST: &str = "ListObjectsV2";
const RANGE_BEHAVIOR: HeaderName = HeaderName::from_static("x-oss-range-behavior");
/// Both clouds answer at most this many per page.
const PAGE: usize = 1000;

impl Remote {
    pub(crate) async fn head(&self, key: &str) -> Result<ObjectHead, Error> {
        let operation = "HeadObject";
        let mut call = self.call(operation, Method::HEAD, Some(key));
        if self.provider == Provider::S3 {
            // Without it S3 keeps the checksums that it holds to itself.
            call.headers.insert(CHECKSUM_MODE, HeaderValue::from_static("ENABLED"));
        }
        let answer = self.send(call, Payload::NONE).await?;
        headers::object_head(self.provider, answer.headers())
            .ok_or_else(|| self.protocol(operation, "the answer lacks size or ETag"))
    }

    pub(crate) async fn read(
        self: &Arc<Self>,
        key: &str,
        range: Range<u64>,
        pin: &Pin,
    ) -> Result<ContinuedBody, Error> {
        let (body, etag) = self.open(key, &range, pin).await?;
        // A read without a pin is held to what it found first.
        let pin = Pin { etag: pin.etag.clone().or(etag), version_id: pin.version_id.clone() };
        Ok(ContinuedBody::new(self.clone(), key.to_owned(), range, pin, body))
    }

    /// Opens exactly `range` of exactly the pinned object.
    pub(crate) async fn open(
        &self,
        key: &str,
        range: &Range<u64>,
        pin: &Pin,
    ) -> Result<(Incoming, Option<String>), Error> {
        let operation = "GetObject";
        let mut call = self.call(operation, Method::GET, Some(key));
        call.headers.insert(
            RANGE,
            value(operation, &format!("bytes={}-{}", range.start, range.end.saturating_sub(1)))?,
        );
        if self.provider == Provider::Oss {
            // Without it a range past the end is answered with the whole object.
            call.headers.insert(RANGE_BEHAVIOR, HeaderValue::from_static("standard"));
        }
        if let Some(etag) = &pin.etag {
            call.headers.insert(IF_MATCH, value(operation, &format!("\"{etag}\""))?);
        }
        if let Some(version) = &pin.version_id {
            call.query.push(("versionId", version.clone()));
        }
        let answer = self.send(call, Payload::NONE).await?;
        if answer.status() != StatusCode::PARTIAL_CONTENT {
            return Err(self
                .protocol(operation, "the answer to a range is not partial content")
                .with_context("key", key));
        }
        match headers::content_range(answer.headers()) {
            Some((first, last, _)) if first == range.start && last.checked_add(1) == Some(range.end) => {}
            Some((_, _, Some(size))) if size < range.end => {
                return Err(Error::new(
                    ErrorKind::InvalidRange,
                    operation,
                    "the object is shorter than the range",
                )
                .with_context("key", key)
                .with_context("size", size));
            }
            _ => {
                return Err(self
                    .protocol(operation, "the answer covers another range")
                    .with_context("key", key));
            }
        }
        let etag = headers::etag(answer.headers());
        if let (Some(wanted), Some(found)) = (&pin.etag, &etag)
            && !wanted.eq_ignore_ascii_case(found)
        {
            return Err(Error::new(ErrorKind::PreconditionFailed, operation, "the object has changed")
                .with_context("key", key));
        }
        Ok((answer.into_body(), etag))
    }

    pub(crate) async fn read_all(&self, key: &str, limit: usize) -> Result<(ObjectHead, Bytes), Error> {
        let operation = "GetObject";
        let answer = self.send(self.call(operation, Method::GET, Some(key)), Payload::NONE).await?;
        let head = headers::object_head(self.provider, answer.headers())
            .ok_or_else(|| self.protocol(operation, "the answer lacks size or ETag"))?;
        let size = usize::try_from(head.size).unwrap_or(usize::MAX);
        if size > limit {
            return Err(Error::new(ErrorKind::TooLarge, operation, "the object is larger than allowed here")
                .with_context("key", key)
                .with_context("size", size)
                .with_context("limit", limit));
        }
        let mut body = answer.into_body();
        let mut bytes = BytesMut::with_capacity(size);
        while bytes.len() < size {
            let frame = tokio::time::timeout(self.idle, body.frame()).await;
            match frame {
                Ok(Some(Ok(frame))) => bytes.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
                _ => {
                    return Err(Error::new(ErrorKind::Connection, operation, "the answer was cut")
                        .with_context("key", key));
                }
            }
        }
        if head.content_md5.is_some_and(|stated| stated != <[u8; 16]>::from(Md5::digest(&bytes))) {
            return Err(Error::new(ErrorKind::InvalidDigest, operation, "the bytes were damaged on the way")
                .with_context("key", key));
        }
        Ok((head, bytes.freeze()))
    }

    pub(crate) async fn put(
        &self,
        key: &str,
        body: PutBody,
        options: &PutOptions,
    ) -> Result<PutReceipt, Error> {
        let operation = "PutObject";
        let mut call = self.call(operation, Method::PUT, Some(key));
        self.describe(&mut call, options)?;
        if let Some(md5) = options.content_md5 {
            call.headers.insert(CONTENT_MD5, value(operation, &BASE64.encode(md5))?);
        }
        self.create_only(&mut call, options.create_only);
        let payload = match body {
            PutBody::Bytes(bytes) => Payload::Bytes(bytes),
            PutBody::Stream(body, length) => Payload::Stream(body.0, length),
        };
        let answer = self.send(call, payload).await?;
        headers::put_receipt(answer.headers())
            .ok_or_else(|| self.protocol(operation, "the answer has no ETag"))
    }

    pub(crate) async fn list(
        &self,
        prefix: &str,
        start_after: Option<&str>,
        limit: usize,
    ) -> Result<Listing, Error> {
        let mut token: Option<String> = None;
        loop {
            let list = self.list_page(prefix, start_after, limit, token.as_deref()).await?;
            let objects: Vec<_> = list
                .contents
                .iter()
                .map(|object| ObjectSummary {
                    key: list.key(object),
                    size: object.size,
                    etag: headers::unquoted(&object.etag),
                    last_modified: headers::iso_time(&object.last_modified),
                })
                .collect();
            if !list.is_truncated {
                return Ok(Listing { objects, next: None });
            }
            if let Some(last) = objects.last() {
                let next = Some(last.key.clone());
                return Ok(Listing { objects, next });
            }
            // A store may look at many deleted keys and answer before it met one that is there.
            let next = list.next_token();
            if next.is_none() || next == token {
                return Err(self.protocol(LIST, "the list does not advance"));
            }
            token = next;
        }
    }

    async fn list_page(
        &self,
        prefix: &str,
        start_after: Option<&str>,
        limit: usize,
        token: Option<&str>,
    ) -> Result<xml::ObjectList, Error> {
        let mut call = self.call(LIST, Method::GET, None);
        call.query = vec![("list-type", "2".to_owned()), ("max-keys", limit.clamp(1, PAGE).to_string())];
        if self.provider == Provider::Oss {
            // XML cannot carry every key; S3 encodes spaces otherwise and is asked for plain keys.
            call.query.push(("encoding-type", "url".to_owned()));
        }
        if !prefix.is_empty() {
            call.query.push(("prefix", prefix.to_owned()));
        }
        match (token, start_after) {
            (Some(token), _) => call.query.push(("continuation-token", token.to_owned())),
            (None, Some(after)) => call.query.push(("start-after", after.to_owned())),
            (None, None) => {}
        }
        let (_, _, text) = self.document(call, Payload::NONE).await?;
        xml::parse(&text).ok_or_else(|| self.protocol(LIST, "the answer is not a list"))
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        match self.send(self.call("DeleteObject", Method::DELETE, Some(key)), Payload::NONE).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    pub(crate) async fn versioning(&self) -> Result<bool, Error> {
        let operation = "GetBucketVersioning";
        let mut call = self.call(operation, Method::GET, None);
        call.query.push(("versioning", String::new()));
        let (_, _, text) = self.document(call, Payload::NONE).await?;
        let answer: xml::Versioning = xml::parse(&text)
            .ok_or_else(|| self.unknown(operation, "the answer says nothing of versioning", &text))?;
        Ok(answer.status.is_some_and(|status| !status.trim().is_empty()))
    }

    pub(crate) async fn lifecycle(&self) -> Result<Vec<LifecycleRule>, Error> {
        let operation = "GetBucketLifecycle";
        let mut call = self.call(operation, Method::GET, None);
        call.query.push(("lifecycle", String::new()));
        match self.document(call, Payload::NONE).await {
            Ok((_, _, text)) => lifecycle::rules(&text)
                .ok_or_else(|| self.unknown(operation, "the answer says nothing of a lifecycle", &text)),
            // A bucket without rules answers this.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Another document than was asked for. A store that does not know the question lists objects, and will again.
    fn unknown(&self, operation: &'static str, message: &'static str, text: &str) -> Error {
        let error = self.protocol(operation, message);
        if xml::is_list(text) { error.with_verdict(Verdict::Permanent) } else { error }
    }

    /// Content type and user metadata.
    pub(crate) fn describe(&self, call: &mut Call<'_>, options: &PutOptions) -> Result<(), Error> {
        if let Some(content_type) = &options.content_type {
            call.headers.insert(CONTENT_TYPE, value(call.operation, content_type)?);
        }
        let prefix = if self.provider == Provider::S3 { "x-amz-meta-" } else { "x-oss-meta-" };
        for (name, text) in &options.user_metadata {
            let header = HeaderName::try_from(format!("{prefix}{name}")).map_err(|_| {
                Error::new(
                    ErrorKind::Config,
                    call.operation,
                    "no header can carry this name of user metadata",
                )
            })?;
            call.headers.insert(header, value(call.operation, text)?);
        }
        Ok(())
    }

    pub(crate) fn create_only(&self, call: &mut Call<'_>, wanted: bool) {
        if !wanted {
            return;
        }
        call.create_only = true;
        match self.provider {
            Provider::S3 => call.headers.insert(IF_NONE_MATCH, HeaderValue::from_static("*")),
            Provider::Oss | Provider::Folder => {
                call.headers.insert(FORBID_OVERWRITE, HeaderValue::from_static("true"))
            }
        };
    }
}

/// Signers read header values as ASCII text.
fn value(operation: &'static str, text: &str) -> Result<HeaderValue, Error> {
    let visible = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    let value = HeaderValue::from_str(text).ok().filter(|_| visible);
    value.ok_or_else(|| {
        Error::new(ErrorKind::Config, operation, "a header value is not plain ASCII; percent-encode it")
    })
}
