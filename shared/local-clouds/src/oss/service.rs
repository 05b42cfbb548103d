//! A request's way: parse, verify the signature, run the operation, answer.

use std::time::SystemTime;

use axum::body::Body;
use http::request::Parts;
use http::{Request as HttpRequest, Response, StatusCode};
use http_body_util::BodyExt;

use crate::control::cloud::Cloud;
use crate::oss::auth::authenticate::{authenticate, presented_key_id};
use crate::oss::auth::sigv4;
use crate::oss::error::{OssError, Result};
use crate::oss::identity::RequestIdentity;
use crate::oss::operation::Operation;
use crate::oss::operations::body::read_text;
use crate::oss::query::Query;
use crate::oss::request::Request;
use crate::oss::s3;
use crate::oss::server::{Oss, Shared};
use crate::oss::target::Target;

impl Cloud for Oss {
    fn operation(&self, parts: &Parts) -> String {
        let target = Target::parse(parts, &self.0.config.cname);
        let query = Query::parse(parts.uri.query().unwrap_or_default());
        let operation = match (target, query) {
            (Ok(target), Ok(query)) => {
                Operation::from_request(&parts.method, &target, &query, &parts.headers)
            }
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
            None => OssError::from_status(status),
        };
        let mut answer = error.to_response(&RequestIdentity::from_parts(parts));
        self.0.clock.stamp(&mut answer);
        answer
    }

    async fn handle(&self, request: HttpRequest<Body>) -> Response<Body> {
        let (parts, mut body) = request.into_parts();
        if parts.uri.path().starts_with("/_sandbox/") {
            return self.inspect(&parts, body).await;
        }
        let mut answer = match Request::parse(&parts, &self.0.config.cname) {
            Ok(mut request) => {
                let is_s3 = sigv4::is_signed(&request);
                let mut answer = match self.dispatch(&mut request, is_s3, &mut body).await {
                    Ok(answer) => answer,
                    Err(error) => error.to_response(&request.identity),
                };
                if is_s3 {
                    s3::translate_answer(&mut answer);
                }
                answer
            }
            Err(error) => error.to_response(&RequestIdentity::from_parts(&parts)),
        };
        // Read the body to its end: closing on unread bytes would reset the connection, and the caller would
        // lose the answer.
        while let Some(Ok(_)) = body.frame().await {}
        self.0.clock.stamp(&mut answer);
        answer
    }
}

impl Oss {
    async fn dispatch(&self, request: &mut Request, is_s3: bool, body: &mut Body) -> Result<Response<Body>> {
        let Shared { keys, config, clock, .. } = &*self.0;
        let operation =
            Operation::from_request(&request.method, &request.target, &request.query, &request.headers);
        let now = SystemTime::now();
        request.principal = authenticate(request, operation, keys, config, now, clock.to_server_time(now))?;
        if is_s3 {
            s3::check_conditions(operation, &request.headers)?;
            s3::translate_headers(&mut request.headers);
        }
        if let Some(policy) = request.target.bucket.as_deref().and_then(|bucket| self.bucket_policy(bucket)) {
            policy.check_denials(operation, request)?;
        }
        match operation {
            Operation::ListBuckets => self.list_buckets(request),
            Operation::PutBucket => self.put_bucket(request),
            Operation::DeleteBucket => self.delete_bucket(request),
            Operation::GetBucketInfo => self.get_bucket_info(request),
            Operation::HeadBucket => self.head_bucket(request),
            Operation::GetBucketLocation => self.get_bucket_location(request),
            Operation::GetBucketVersioning => self.get_bucket_versioning(request),
            Operation::PutBucketVersioning => {
                self.put_bucket_versioning(request, &read_text(request, body).await?)
            }
            Operation::GetBucketPolicy => self.get_bucket_policy(request),
            Operation::PutBucketPolicy => self.put_bucket_policy(request, &read_text(request, body).await?),
            Operation::DeleteBucketPolicy => self.delete_bucket_policy(request),
            Operation::ListObjects => self.list_objects(request),
            Operation::ListObjectsV2 => self.list_objects_v2(request),
            Operation::ListMultipartUploads => self.list_multipart_uploads(request),
            Operation::DeleteMultipleObjects => {
                self.delete_multiple_objects(request, &read_text(request, body).await?)
            }
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
            Operation::CompleteMultipartUpload => {
                self.complete_multipart_upload(request, &read_text(request, body).await?)
            }
            Operation::AbortMultipartUpload => self.abort_multipart_upload(request),
            Operation::NotImplemented => {
                let message = "The local OSS does not have this operation.";
                Err(OssError::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message))
            }
        }
    }
}
