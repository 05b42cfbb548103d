//! Which operation a request asks for.

use http::{HeaderMap, Method};

use crate::oss::query::Query;
use crate::oss::target::Target;

/// The operations; their `Debug` names are the API's own and the words of fault rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    ListBuckets,
    PutBucket,
    DeleteBucket,
    GetBucketInfo,
    HeadBucket,
    GetBucketLocation,
    GetBucketVersioning,
    PutBucketVersioning,
    GetBucketPolicy,
    PutBucketPolicy,
    DeleteBucketPolicy,
    ListObjects,
    ListObjectsV2,
    ListMultipartUploads,
    DeleteMultipleObjects,
    PutObject,
    GetObject,
    HeadObject,
    GetObjectMeta,
    DeleteObject,
    CopyObject,
    AppendObject,
    PutSymlink,
    GetSymlink,
    InitiateMultipartUpload,
    UploadPart,
    ListParts,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    NotImplemented,
}

/// Parameters of operations that this server lacks. Served as a plain read or write, such a request would do
/// something the caller did not ask for.
const UNSUPPORTED: &[&str] = &[
    "acl",
    "tagging",
    "restore",
    "cors",
    "lifecycle",
    "logging",
    "referer",
    "website",
    "versions",
    "encryption",
    "inventory",
    "replication",
    "worm",
    "style",
    "stat",
    "live",
    "vod",
    "comp",
    "x-oss-process",
    "asyncFetch",
    "qos",
    "callback",
    "select",
];

impl Operation {
    pub(crate) fn from_request(method: &Method, target: &Target, query: &Query, headers: &HeaderMap) -> Self {
        let policy_of_object = target.key.is_some() && query.has("policy");
        let lists_buckets = target.bucket.is_none() && *method == Method::GET;
        if (target.bucket.is_none() && !lists_buckets)
            || policy_of_object
            || UNSUPPORTED.iter().any(|name| query.has(name))
        {
            return Self::NotImplemented;
        }
        if lists_buckets {
            Self::ListBuckets
        } else if target.key.is_none() {
            Self::bucket_operation(method, query)
        } else {
            Self::object_operation(method, query, headers)
        }
    }

    fn bucket_operation(method: &Method, query: &Query) -> Self {
        match *method {
            Method::PUT if query.has("policy") => Self::PutBucketPolicy,
            Method::GET if query.has("policy") => Self::GetBucketPolicy,
            Method::DELETE if query.has("policy") => Self::DeleteBucketPolicy,
            Method::PUT if query.has("versioning") => Self::PutBucketVersioning,
            Method::PUT => Self::PutBucket,
            Method::DELETE => Self::DeleteBucket,
            Method::HEAD => Self::HeadBucket,
            Method::GET if query.has("versioning") => Self::GetBucketVersioning,
            Method::GET if query.has("bucketInfo") => Self::GetBucketInfo,
            Method::GET if query.has("location") => Self::GetBucketLocation,
            Method::GET if query.has("uploads") => Self::ListMultipartUploads,
            Method::GET if query.get("list-type") == Some("2") => Self::ListObjectsV2,
            Method::GET => Self::ListObjects,
            Method::POST if query.has("delete") => Self::DeleteMultipleObjects,
            _ => Self::NotImplemented,
        }
    }

    fn object_operation(method: &Method, query: &Query, headers: &HeaderMap) -> Self {
        let copies = headers.contains_key("x-oss-copy-source") || headers.contains_key("x-amz-copy-source");
        match *method {
            Method::PUT if query.has("uploadId") && !copies => Self::UploadPart,
            Method::PUT if query.has("uploadId") => Self::NotImplemented,
            Method::PUT if query.has("symlink") => Self::PutSymlink,
            Method::PUT if copies => Self::CopyObject,
            Method::PUT => Self::PutObject,
            Method::POST if query.has("uploads") => Self::InitiateMultipartUpload,
            Method::POST if query.has("uploadId") => Self::CompleteMultipartUpload,
            Method::POST if query.has("append") => Self::AppendObject,
            Method::GET if query.has("uploadId") => Self::ListParts,
            Method::GET if query.has("symlink") => Self::GetSymlink,
            Method::GET => Self::GetObject,
            Method::HEAD if query.has("objectMeta") => Self::GetObjectMeta,
            Method::HEAD => Self::HeadObject,
            Method::DELETE if query.has("uploadId") => Self::AbortMultipartUpload,
            Method::DELETE => Self::DeleteObject,
            _ => Self::NotImplemented,
        }
    }
}
