//! How the requests to a bucket are signed, decided once from its settings.

use super::Scheme;
use crate::{
    config::{Provider, SignatureVersion, StoreConfig},
    error::{Error, ErrorKind},
};

/// How the requests to a bucket are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SigningPolicy {
    /// Each request in this way.
    Always(Scheme),
    /// In this way, until the bucket refuses it and asks for V1.
    UntilRefused(Scheme),
}

impl SigningPolicy {
    /// Decides by provider and signature version. `region` is what the settings or the endpoint's name tell.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: the region is part of the signature, and nothing tells it. V1 alone needs none.
    pub(crate) fn new(config: &StoreConfig, region: Option<&str>) -> Result<Self, Error> {
        let region = || {
            region.filter(|region| !region.is_empty()).map(str::to_owned).ok_or_else(|| {
                let message = "the endpoint does not tell the region; set it (for example cn-hangzhou)";
                Error::new(ErrorKind::Config, "Configure", message).with_context("bucket", &config.bucket)
            })
        };
        Ok(match (config.provider, config.signature) {
            (Provider::S3, _) => Self::Always(Scheme::S3 { region: region()? }),
            (_, SignatureVersion::V1) => Self::Always(Scheme::OssV1),
            (_, SignatureVersion::Auto) => Self::UntilRefused(Scheme::OssV4 { region: region()? }),
            (_, SignatureVersion::V4) => Self::Always(Scheme::OssV4 { region: region()? }),
        })
    }
}
