//! Youku's hosts, and how requests to its bucket are signed.

use super::text;
use object_storage::SignatureVersion;
use serde::Deserialize;
use upload_core::Shortcuts;

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
    /// Whether a session needs the file's MD5 (`OSS2YOUKU_YOUKU__MD5`): `required`, or `web` (a session of Youku's web form states none where
    /// the MD5 is unknown and the source states a CRC-64, so that the object is not read once for its MD5 alone). Default `required`: Youku
    /// documents the web form for its own page only.
    pub md5: Md5Requirement,
    /// Send objects that fit in one part with one PutObject in place of a multipart upload (`OSS2YOUKU_YOUKU__SINGLE_PUT`). Default false:
    /// what Youku's commit says to it is not known.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub single_put: bool,
}

impl YoukuSettings {
    /// Which shorter ways Youku is asked for.
    pub(crate) fn to_shortcuts(&self) -> Shortcuts {
        Shortcuts { without_md5: self.md5 == Md5Requirement::Web, single_put: self.single_put }
    }
}

/// Whether a session needs the file's MD5.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words are the documentation")]
pub enum Md5Requirement {
    #[default]
    Required,
    Web,
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
