//! The policy of a bucket.

use axum::body::Body;
use http::{Response, StatusCode};

use crate::oss::auth::policy::Policy;
use crate::oss::error::{OssError, Result};
use crate::oss::reply::Reply;
use crate::oss::request::Request;
use crate::oss::server::Oss;

impl Oss {
    pub(crate) fn put_bucket_policy(&self, request: &Request, body: &str) -> Result<Response<Body>> {
        let bucket = request.bucket()?;
        self.0.store.bucket(bucket)?;
        let policy = serde_json::from_str::<Policy>(body).map_err(|error| {
            OssError::invalid("InvalidPolicyDocument", "The policy is not one this server understands.")
                .with_detail("ErrorDetail", error.to_string())
        })?;
        self.set_bucket_policy(bucket, Some(policy));
        Ok(Reply::ok().empty(&request.identity))
    }

    pub(crate) fn get_bucket_policy(&self, request: &Request) -> Result<Response<Body>> {
        let policy = self
            .bucket_policy(request.bucket()?)
            .ok_or_else(|| OssError::not_found("NoSuchBucketPolicy", "The bucket policy does not exist."))?;
        let text = serde_json::to_string(&policy).unwrap_or_default();
        Ok(Reply::ok().json(text, &request.identity))
    }

    pub(crate) fn delete_bucket_policy(&self, request: &Request) -> Result<Response<Body>> {
        self.set_bucket_policy(request.bucket()?, None);
        Ok(Reply::new(StatusCode::NO_CONTENT).empty(&request.identity))
    }
}
