//! Policies of roles and of buckets: statements that allow or deny actions on resources, with `*` for any text. A denial beats what
//! allows. A role may do nothing that no statement of its policy allows; a bucket's policy only denies here, for every key is its owner's.

use super::super::error::{OssError, Result};
use super::super::operation::Operation;
use super::super::request::Request;
use serde::{Deserialize, Serialize};

/// What a key may do, or what a bucket denies.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Policy {
    /// `1`, the only version there is.
    pub version: String,
    /// What is allowed or denied.
    pub statement: Vec<Statement>,
}

/// One right, or its denial.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Statement {
    /// What it does.
    pub effect: Effect,
    /// Of a bucket's policy: whom it is about; everybody here, whatever it says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub principal: Vec<String>,
    /// Such as `oss:GetObject`.
    pub action: Vec<String>,
    /// Such as `acs:oss:*:*:bucket/prefix/*`.
    pub resource: Vec<String>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever allows.
    Deny,
}

impl Policy {
    /// Refuses what no statement allows, or one denies.
    pub(in super::super) fn check(&self, operation: Operation, request: &Request) -> Result<()> {
        let asked = Asked::of(operation, request);
        if self.says(Effect::Allow, &asked) && !self.says(Effect::Deny, &asked) {
            return Ok(());
        }
        Err(asked.denied("You have no right to access this object because of bucket acl."))
    }

    /// Refuses what a statement denies. A bucket's own policy can always be changed.
    pub(in super::super) fn check_denials(&self, operation: Operation, request: &Request) -> Result<()> {
        let of_policy = matches!(
            operation,
            Operation::GetBucketPolicy | Operation::PutBucketPolicy | Operation::DeleteBucketPolicy
        );
        let asked = Asked::of(operation, request);
        if of_policy || !self.says(Effect::Deny, &asked) {
            return Ok(());
        }
        Err(asked.denied("Access denied by bucket policy."))
    }

    fn says(&self, effect: Effect, asked: &Asked) -> bool {
        let any = |patterns: &[String], text: &str| patterns.iter().any(|pattern| matches(pattern, text));
        self.statement.iter().any(|statement| {
            statement.effect == effect
                && any(&statement.action, &asked.action)
                && any(&statement.resource, &asked.resource)
        })
    }
}

/// What a request needs the right to.
struct Asked {
    action: String,
    resource: String,
    path: String,
}

impl Asked {
    fn of(operation: Operation, request: &Request) -> Self {
        let bucket = request.target.bucket.as_deref().unwrap_or_default();
        let path = match request.target.key.as_deref() {
            Some(key) => format!("{bucket}/{key}"),
            None => bucket.to_owned(),
        };
        let action = action(operation, request.query.has("versionId"));
        Self { action, resource: format!("acs:oss:cn:0:{path}"), path }
    }

    fn denied(self, message: &str) -> OssError {
        OssError::forbidden("AccessDenied", message)
            .with("AuthAction", self.action)
            .with("Resource", self.path)
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
