//! The account that owns the buckets.

/// The account all buckets belong to.
pub(crate) const ACCOUNT_ID: &str = "1234567890123456";
