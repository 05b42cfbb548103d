//! RAM policies, as far as a role that is written down for a deployment needs them: statements that allow actions on resources, with
//! `*` for any text. Nothing is allowed that no statement allows.

use super::super::error::{OssError, Result};
use super::super::operation::Operation;
use super::super::request::Request;
use serde::Deserialize;

/// What a key may do.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Policy {
    /// `1`, the only version there is.
    pub version: String,
    /// What is allowed.
    pub statement: Vec<Statement>,
}

/// One right.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Statement {
    /// Only `Allow` is known here.
    pub effect: Effect,
    /// Such as `oss:GetObject`.
    pub action: Vec<String>,
    /// Such as `acs:oss:*:*:bucket/prefix/*`.
    pub resource: Vec<String>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, Deserialize)]
pub enum Effect {
    /// It allows.
    Allow,
}

impl Policy {
    pub(in super::super) fn check(&self, operation: Operation, request: &Request) -> Result<()> {
        let bucket = request.target.bucket.as_deref().unwrap_or_default();
        let path = match request.target.key.as_deref() {
            Some(key) => format!("{bucket}/{key}"),
            None => bucket.to_owned(),
        };
        let (action, resource) =
            (action(operation, request.query.has("versionId")), format!("acs:oss:cn:0:{path}"));
        let any = |patterns: &[String], text: &str| patterns.iter().any(|pattern| matches(pattern, text));
        let allowed =
            |statement: &Statement| any(&statement.action, &action) && any(&statement.resource, &resource);
        if self.statement.iter().any(allowed) {
            return Ok(());
        }
        let message = "You have no right to access this object because of bucket acl.";
        Err(OssError::forbidden("AccessDenied", message).with("AuthAction", action).with("Resource", path))
    }
}

/// The action that RAM asks for: some operations share one, and versions have their own.
fn action(operation: Operation, of_version: bool) -> String {
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

/// Whether a text fits a pattern in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut rest = rest;
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_everything_else_for_itself() {
        for (pattern, text) in [
            ("acs:oss:*:*:b/videos/*", "acs:oss:cn:0:b/videos/a/b.mp4"),
            ("acs:oss:*:*:b", "acs:oss:cn:0:b"),
            ("*", ""),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("acs:oss:*:*:b", "acs:oss:cn:0:b/k"),
            ("acs:oss:*:*:b/videos/*", "acs:oss:cn:0:b/other"),
            ("oss:GetObject", "oss:GetObjectAcl"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
