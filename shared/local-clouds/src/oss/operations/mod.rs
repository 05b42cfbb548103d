//! The operations, one family a file.

mod bucket;
mod listing;
mod multipart;
mod object;
mod policy;
mod read;
mod symlink;

use std::collections::BTreeMap;
use std::time::SystemTime;

use axum::body::Body;
use http::request::Parts;
use http::{Request as HttpRequest, Response, StatusCode};
use http_body_util::BodyExt;

use super::auth::{authenticate, presented_key_id};
use super::encode::from_base64;
use super::error::{OssError, Result};
use super::operation::Operation;
use super::request::{Identity, Query, Request, Target, has_length};
use super::store::{Described, Ingested, ingest};
use super::{Oss, Shared};
use crate::control::Cloud;

/// The largest XML body that is read.
const MAX_XML: usize = 4 * 1024 * 1024;

impl Cloud for Oss {
    fn operation(&self, parts: &Parts) -> String {
        let target = Target::parse(parts, &self.0.config.cname);
        let query = Query::parse(parts.uri.query().unwrap_or_default());
        let operation = match (target, query) {
            (Ok(target), Ok(query)) => Operation::of(&parts.method, &target, &query, &parts.headers),
            _ => Operation::NotImplemented,
        };
        format!("{operation:?}")
    }

    fn expire(&self, parts: &Parts) {
        if let Some(id) = presented_key_id(parts) {
            self.expire_key(&id);
        }
    }

    fn refusal(&self, parts: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body> {
        let error = match code {
            Some(code) => OssError::new(status, code, "As a fault rule says."),
            None => OssError::of_status(status),
        };
        let mut answer = error.answer(&Identity::of(parts));
        self.0.clock.stamp(&mut answer);
        answer
    }

    async fn handle(&self, request: HttpRequest<Body>) -> Response<Body> {
        let (parts, mut body) = request.into_parts();
        if parts.uri.path().starts_with("/_sandbox/") {
            return self.inspect(&parts, body).await;
        }
        let mut answer = match Request::parse(&parts, &self.0.config.cname) {
            Ok(mut request) => match self.run(&mut request, &mut body).await {
                Ok(answer) => answer,
                Err(error) => error.answer(&request.identity),
            },
            Err(error) => error.answer(&Identity::of(&parts)),
        };
        // Closing on unread bytes would reset the connection, and the caller would lose the answer.
        while let Some(Ok(_)) = body.frame().await {}
        self.0.clock.stamp(&mut answer);
        answer
    }
}

impl Oss {
    async fn run(&self, request: &mut Request, body: &mut Body) -> Result<Response<Body>> {
        let Shared { keys, config, clock, .. } = &*self.0;
        let operation = Operation::of(&request.method, &request.target, &request.query, &request.headers);
        let now = SystemTime::now();
        request.principal = authenticate(request, operation, keys, config, now, clock.shows(now))?;
        if let Some(policy) = request.target.bucket.as_deref().and_then(|bucket| self.bucket_policy(bucket)) {
            policy.check_denials(operation, request)?;
        }
        match operation {
            Operation::PutBucket => self.put_bucket(request),
            Operation::DeleteBucket => self.delete_bucket(request),
            Operation::GetBucketInfo => self.get_bucket_info(request),
            Operation::GetBucketLocation => self.get_bucket_location(request),
            Operation::GetBucketVersioning => self.get_bucket_versioning(request),
            Operation::PutBucketVersioning => self.put_bucket_versioning(request, &text(body).await?),
            Operation::GetBucketPolicy => self.get_bucket_policy(request),
            Operation::PutBucketPolicy => self.put_bucket_policy(request, &text(body).await?),
            Operation::DeleteBucketPolicy => self.delete_bucket_policy(request),
            Operation::ListObjects => self.list_objects(request),
            Operation::ListObjectsV2 => self.list_objects_v2(request),
            Operation::ListMultipartUploads => self.list_multipart_uploads(request),
            Operation::DeleteMultipleObjects => self.delete_multiple_objects(request, &text(body).await?),
            Operation::PutObject => self.put_object(request, body).await,
            Operation::GetObject => self.get_object(request),
            Operation::HeadObject => self.head_object(request),
            Operation::GetObjectMeta => self.get_object_meta(request),
            Operation::DeleteObject => self.delete_object(request),
            Operation::CopyObject => self.copy_object(request),
            Operation::AppendObject => self.append_object(request, body).await,
            Operation::PutSymlink => self.put_symlink(request),
            Operation::GetSymlink => self.get_symlink(request),
            Operation::InitiateMultipartUpload => self.initiate_multipart_upload(request),
            Operation::UploadPart => self.upload_part(request, body).await,
            Operation::ListParts => self.list_parts(request),
            Operation::CompleteMultipartUpload => self.complete_multipart_upload(request, &text(body).await?),
            Operation::AbortMultipartUpload => self.abort_multipart_upload(request),
            Operation::NotImplemented => {
                let message = "The local OSS does not have this operation.";
                Err(OssError::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message))
            }
        }
    }

    /// Takes content in and checks it against Content-MD5.
    async fn take(&self, request: &Request, body: &mut Body) -> Result<Ingested> {
        if !has_length(&request.headers) {
            let message = "You must provide the Content-Length HTTP header.";
            return Err(OssError::new(StatusCode::LENGTH_REQUIRED, "MissingContentLength", message));
        }
        let counter = self.received_counter(request.bucket()?, request.key()?);
        let content = ingest(&self.0.store, body, &counter, self.discards()).await?;
        check_md5(request, &content.md5)?;
        Ok(content)
    }
}

/// The whole body, which must be small and UTF-8.
async fn text(body: &mut Body) -> Result<String> {
    let malformed = || OssError::invalid("MalformedXML", "The XML you provided was not well-formed.");
    let body = std::mem::take(body);
    let bytes = axum::body::to_bytes(body, MAX_XML).await.map_err(|_| malformed())?;
    String::from_utf8(bytes.into()).map_err(|_| malformed())
}

fn xml<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T> {
    quick_xml::de::from_str(text).map_err(|error| {
        OssError::invalid("MalformedXML", "The XML you provided was not well-formed.")
            .with("ErrorDetail", error.to_string())
    })
}

fn check_md5(request: &Request, actual: &[u8]) -> Result<()> {
    match request.header("content-md5") {
        Some(claimed) if from_base64(claimed).as_deref() != Some(actual) => Err(OssError::invalid(
            "InvalidDigest",
            "The Content-MD5 you specified did not match what we received.",
        )
        .with("Content-MD5", claimed)),
        _ => Ok(()),
    }
}

/// What the request says about the object it writes.
fn described(request: &Request) -> Described {
    const KEPT: [&str; 5] =
        ["cache-control", "content-disposition", "content-encoding", "content-language", "expires"];
    let kept = KEPT.iter().filter_map(|name| Some(((*name).to_owned(), request.header(name)?.to_owned())));
    let metadata = request.headers.keys().filter_map(|name| {
        let short = name.as_str().strip_prefix("x-oss-meta-")?;
        Some((short.to_owned(), request.header(name.as_str())?.to_owned()))
    });
    Described {
        content_type: request.header("content-type").unwrap_or("application/octet-stream").to_owned(),
        headers: kept.collect::<BTreeMap<_, _>>(),
        metadata: metadata.collect(),
    }
}

/// Encodes names in XML where the caller asked for it: not every key can stand in XML.
fn named(request: &Request, text: &str) -> String {
    if request.query.get("encoding-type") == Some("url") {
        super::encode::percent(text)
    } else {
        text.to_owned()
    }
}
