//! Policies of roles and of buckets: statements that allow or deny actions on resources, with `*` for any
//! text. A denial wins over whatever allows. A role may do only what a statement of its policy allows. A
//! bucket's policy only denies here, because every key belongs to the owner.

use serde::{Deserialize, Serialize};

use crate::oss::auth::requested_access::RequestedAccess;
use crate::oss::auth::wildcard::matches_wildcard;
use crate::oss::error::Result;
use crate::oss::operation::Operation;
use crate::oss::request::Request;

/// The rights of a key, or the denials of a bucket.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Policy {
    /// `1`, the only version.
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
    /// In a bucket's policy: the principals it names. Here the statement applies to everybody, whatever they
    /// are.
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
    /// Allows.
    Allow,
    /// Denies, whatever else allows.
    Deny,
}

impl Policy {
    /// Refuses an action that no statement allows or that one denies.
    pub(crate) fn check(&self, operation: Operation, request: &Request) -> Result<()> {
        let asked = RequestedAccess::from_request(operation, request);
        if self.has_statement(Effect::Allow, &asked) && !self.has_statement(Effect::Deny, &asked) {
            return Ok(());
        }
        Err(asked.into_denial("You have no right to access this object because of bucket acl."))
    }

    /// Refuses an action that a statement denies. The operations on a bucket's own policy always pass, so
    /// that it can be changed.
    pub(crate) fn check_denials(&self, operation: Operation, request: &Request) -> Result<()> {
        let of_policy = matches!(
            operation,
            Operation::GetBucketPolicy | Operation::PutBucketPolicy | Operation::DeleteBucketPolicy
        );
        let asked = RequestedAccess::from_request(operation, request);
        if of_policy || !self.has_statement(Effect::Deny, &asked) {
            return Ok(());
        }
        Err(asked.into_denial("Access denied by bucket policy."))
    }

    fn has_statement(&self, effect: Effect, asked: &RequestedAccess) -> bool {
        let any =
            |patterns: &[String], text: &str| patterns.iter().any(|pattern| matches_wildcard(pattern, text));
        self.statement.iter().any(|statement| {
            statement.effect == effect
                && any(&statement.action, &asked.action)
                && any(&statement.resource, &asked.resource)
        })
    }
}
