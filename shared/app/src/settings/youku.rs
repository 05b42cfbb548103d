//! Youku's hosts, and how requests to its bucket are signed.

use object_storage::SignatureVersion;
use serde::Deserialize;

/// Youku's hosts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct YoukuSettings {
    /// The API's base URL (`OSS2YOUKU_YOUKU__API`). Default: Youku's own.
    pub api: Option<String>,
    /// The older API's base URL, for what the newer one does not have: whose an access token is (`OSS2YOUKU_YOUKU__OLD_API`). Default: Youku's
    /// own, or `/v2` below `youku.api` where that is set.
    pub old_api: Option<String>,
    /// `host` or `host:port` in place of every upload server that Youku names (`OSS2YOUKU_YOUKU__UPLOAD_SERVER`).
    pub upload_server: Option<String>,
    /// Region to sign for where Youku's bucket has an endpoint that does not tell it (`OSS2YOUKU_YOUKU__BUCKET_REGION`).
    pub bucket_region: Option<String>,
    /// How requests to Youku's bucket are signed: `auto` (V4, and V1 where the bucket refuses it), `v4` or `v1`
    /// (`OSS2YOUKU_YOUKU__SIGNATURE`). Default `auto`.
    pub signature: TargetSignature,
}

/// How requests to Youku's bucket are signed.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words are the documentation")]
pub enum TargetSignature {
    #[default]
    Auto,
    V4,
    V1,
}

impl From<TargetSignature> for SignatureVersion {
    fn from(signature: TargetSignature) -> Self {
        match signature {
            TargetSignature::Auto => Self::Auto,
            TargetSignature::V4 => Self::V4,
            TargetSignature::V1 => Self::V1,
        }
    }
}
