//! The action and resource that a request needs a right to.

use crate::oss::error::OssError;
use crate::oss::operation::Operation;
use crate::oss::request::Request;

/// The right that a request needs.
pub(crate) struct RequestedAccess {
    pub(crate) action: String,
    pub(crate) resource: String,
    path: String,
}

impl RequestedAccess {
    pub(crate) fn from_request(operation: Operation, request: &Request) -> Self {
        let bucket = request.target.bucket.as_deref().unwrap_or_default();
        let path = match request.target.key.as_deref() {
            Some(key) => format!("{bucket}/{key}"),
            None => bucket.to_owned(),
        };
        let action = ram_action(operation, request.query.has("versionId"));
        Self { action, resource: format!("acs:oss:cn:0:{path}"), path }
    }

    pub(crate) fn into_denial(self, message: &str) -> OssError {
        OssError::forbidden("AccessDenied", message)
            .with_detail("AuthAction", self.action)
            .with_detail("Resource", self.path)
    }
}

/// The action that RAM checks: some operations share one, and reads of a version have their own.
fn ram_action(operation: Operation, of_version: bool) -> String {
    let name = match operation {
        Operation::GetObject | Operation::HeadObject | Operation::GetObjectMeta | Operation::GetSymlink
            if of_version =>
        {
            "GetObjectVersion".to_owned()
        }
        Operation::HeadObject | Operation::GetObjectMeta | Operation::GetSymlink => "GetObject".to_owned(),
        Operation::ListObjectsV2 => "ListObjects".to_owned(),
        Operation::DeleteMultipleObjects => "DeleteObject".to_owned(),
        Operation::CopyObject
        | Operation::AppendObject
        | Operation::PutSymlink
        | Operation::InitiateMultipartUpload
        | Operation::UploadPart
        | Operation::CompleteMultipartUpload => "PutObject".to_owned(),
        other => format!("{other:?}"),
    };
    format!("oss:{name}")
}
