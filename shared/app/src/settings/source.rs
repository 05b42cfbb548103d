//! Where objects are read.

use super::text;
use object_storage::{Addressing, Credentials};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use upload_core::Provider;

/// Where objects are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceSettings {
    /// What kind of store the rules' buckets are in: `oss`, `s3` or `folder`; the sweep lists them (`OSS2YOUKU_SOURCE__PROVIDER`). Default:
    /// `s3` where `AWS_LAMBDA_FUNCTION_NAME` says that this is a function there, else `oss`.
    pub provider: Provider,
    /// OSS endpoint, with or without a scheme (`OSS2YOUKU_SOURCE__ENDPOINT`). Default: that of the bucket's region.
    pub endpoint: Option<String>,
    /// OSS or S3 region, e.g. `cn-hangzhou` (`OSS2YOUKU_SOURCE__REGION`). Default: the event's, else the endpoint's, or of S3
    /// `AWS_REGION`.
    pub region: Option<String>,
    /// Whether a default endpoint is the region's `-internal` one, free of traffic fees (`OSS2YOUKU_SOURCE__INTERNAL`).
    /// Default: `true` where `FC_FUNCTION_NAME` says that this is a function.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub internal: bool,
    /// Where the bucket's name stands: `auto`, `virtual-host`, `path` or `custom-domain` (`OSS2YOUKU_SOURCE__ADDRESSING`).
    /// For S3 `path` alone makes a difference, as servers with a name of their own need it.
    pub addressing: SourceAddressing,
    /// Sign OSS requests with V1, which some private gateways want (`OSS2YOUKU_SOURCE__SIGNATURE_V1`). Default `false`.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub signature_v1: bool,
    /// OSS key (`OSS2YOUKU_SOURCE__ACCESS_KEY_ID`). Default: what the platform provides with a call, else `ALIBABA_CLOUD_...`,
    /// role or OIDC.
    pub access_key_id: Option<String>,
    /// Its secret (`OSS2YOUKU_SOURCE__ACCESS_KEY_SECRET`).
    pub access_key_secret: Option<SecretString>,
    /// S3 endpoint (`OSS2YOUKU_SOURCE__S3_ENDPOINT`). Default: the region's.
    pub s3_endpoint: Option<String>,
}

impl Default for SourceSettings {
    fn default() -> Self {
        let on_lambda = std::env::var_os("AWS_LAMBDA_FUNCTION_NAME").is_some();
        Self {
            provider: if on_lambda { Provider::S3 } else { Provider::Oss },
            endpoint: None,
            region: None,
            internal: std::env::var_os("FC_FUNCTION_NAME").is_some(),
            addressing: SourceAddressing::Auto,
            signature_v1: false,
            access_key_id: None,
            access_key_secret: None,
            s3_endpoint: None,
        }
    }
}

impl SourceSettings {
    /// The settings' own key, where they have one.
    pub(crate) fn credentials(&self) -> Option<Credentials> {
        Some(Credentials::Static {
            access_key_id: self.access_key_id.clone()?,
            access_key_secret: self.access_key_secret.as_ref()?.expose_secret().into(),
            security_token: None,
        })
    }

    /// Refuses half a key: it is a slip, not a request for another key.
    ///
    /// # Errors
    /// Names the half that is missing.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        match (&self.access_key_id, &self.access_key_secret) {
            (Some(_), None) => Err("source.access_key_id is set and source.access_key_secret is missing"),
            (None, Some(_)) => Err("source.access_key_secret is set and source.access_key_id is missing"),
            _ => Ok(()),
        }
    }
}

/// Where the bucket's name stands in a request.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words are the documentation")]
pub enum SourceAddressing {
    #[default]
    Auto,
    VirtualHost,
    Path,
    CustomDomain,
}

impl From<SourceAddressing> for Addressing {
    fn from(addressing: SourceAddressing) -> Self {
        match addressing {
            SourceAddressing::Auto => Self::Auto,
            SourceAddressing::VirtualHost => Self::VirtualHost,
            SourceAddressing::Path => Self::Path,
            SourceAddressing::CustomDomain => Self::CustomDomain,
        }
    }
}
