//! A store as the settings reach it.

use crate::{
    adapters::{cause::Cause, error_mapping::source_error},
    settings::{SourceAddressing, SourceSettings},
};
use object_storage::{Addressing, Credentials, HttpClient, SignatureVersion, Store, StoreConfig};
use std::time::Duration;
use upload_core::{Error, ErrorKind, Location, Provider};

/// Where a Lambda function runs: no event tells the region of its ledger.
const AWS_REGION: &str = "AWS_REGION";

/// Opens a store for a bucket or folder, as the settings reach it.
///
/// # Errors
/// [`Config`](ErrorKind::Config) where its address is not known or cannot be used.
pub(crate) fn open_store(
    http: &HttpClient,
    settings: &SourceSettings,
    credentials: Option<Credentials>,
    idle: Option<Duration>,
    location: &Location,
) -> Result<Store, Error> {
    let region = settings.region.clone().or_else(|| location.region.clone());
    let config = match location.provider {
        Provider::Folder if location.is_carried() => {
            let message = "the file's folder is not known here: upload the file itself";
            return Err(Error::new(ErrorKind::Config, "source", message).with_context("file", &location.key));
        }
        Provider::Folder => StoreConfig::folder(&location.bucket),
        Provider::S3 => {
            // An endpoint of AWS names its region itself.
            let has_region =
                settings.s3_endpoint.as_ref().is_some_and(|host| host.contains(".amazonaws.com"));
            let region = region.or_else(|| {
                std::env::var(AWS_REGION).ok().filter(|set| !has_region && !set.trim().is_empty())
            });
            let config = StoreConfig::s3(&location.bucket).region(region).addressing(s3_addressing(settings));
            settings.s3_endpoint.iter().fold(config, |config, endpoint| config.endpoint(endpoint))
        }
        Provider::Oss => {
            let endpoint = settings.endpoint.clone().or_else(|| {
                let network = if settings.internal { "-internal" } else { "" };
                // Events name the region `cn-hangzhou`, some consoles `oss-cn-hangzhou`.
                let region = region.as_deref()?;
                Some(format!("oss-{}{network}.aliyuncs.com", region.strip_prefix("oss-").unwrap_or(region)))
            });
            let Some(endpoint) = endpoint else {
                let message = "the bucket's region is not known: set source.region or source.endpoint";
                return Err(Error::new(ErrorKind::Config, "source", message)
                    .with_context("bucket", &location.bucket)
                    .with_source(Cause::WrongAddress));
            };
            StoreConfig::oss(&location.bucket)
                .endpoint(&endpoint)
                .region(region.map(|region| region.trim_start_matches("oss-").to_owned()))
                .addressing(settings.addressing.into())
                .signature(if settings.signature_v1 { SignatureVersion::V1 } else { SignatureVersion::V4 })
                .credentials(choose_credentials(settings, credentials))
        }
    };
    let config = idle.into_iter().fold(config, StoreConfig::idle);
    Store::new(config, http.clone()).map_err(source_error)
}

/// Where the name of an S3 bucket stands. The ways but `path` are about OSS, which most settings mean.
fn s3_addressing(settings: &SourceSettings) -> Addressing {
    match settings.addressing {
        SourceAddressing::Path => Addressing::Path,
        _ => Addressing::Auto,
    }
}

/// The credentials that sign for OSS. A key in the settings was set for a reason: the bucket may be another account's than the function.
fn choose_credentials(settings: &SourceSettings, credentials: Option<Credentials>) -> Credentials {
    settings.credentials().or(credentials).unwrap_or(Credentials::Environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> Credentials {
        Credentials::Static {
            access_key_id: id.into(),
            access_key_secret: "secret".into(),
            security_token: None,
        }
    }

    /// A server of another name than an address finds no bucket in the host's.
    #[test]
    fn s3_buckets_stand_in_the_path_where_it_is_set() {
        for (addressing, expected) in [
            (SourceAddressing::Path, Addressing::Path),
            (SourceAddressing::Auto, Addressing::Auto),
            (SourceAddressing::VirtualHost, Addressing::Auto),
        ] {
            let settings = SourceSettings { addressing, ..SourceSettings::default() };
            assert_eq!(s3_addressing(&settings), expected);
        }
    }

    /// The settings' key signs before the call's, and the call's before the environment's.
    #[test]
    fn the_settings_key_signs_before_the_calls() {
        let set = SourceSettings {
            access_key_id: Some("settings".into()),
            access_key_secret: Some("secret".into()),
            ..SourceSettings::default()
        };
        let unset = SourceSettings::default();
        let cases = [
            (&set, Some(key("call")), Some("settings")),
            (&set, None, Some("settings")),
            (&unset, Some(key("call")), Some("call")),
            (&unset, None, None),
        ];
        for (settings, call, expected) in cases {
            let id = match choose_credentials(settings, call) {
                Credentials::Static { access_key_id, .. } => Some(access_key_id),
                Credentials::Environment => None,
                other => unreachable!("{other:?}"),
            };
            assert_eq!(id.as_deref(), expected);
        }
    }
}
