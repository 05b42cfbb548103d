//! Where keys come from: the settings, reqsign's providers, or the caller.

use super::signing_keys::SigningKeys;
use super::source::{CredentialSource, Credentials};
use crate::config::{Provider, StoreConfig};
use crate::error::{Error, ErrorKind};
use ::error::RetryAdvice;
use reqsign_core::{Context, ProvideCredentialDyn};
use std::sync::Arc;

/// The name of loading keys, in errors.
pub(super) const OPERATION: &str = "LoadCredential";

/// A way to get keys.
pub(crate) enum KeyLoader {
    Anonymous,
    /// `None`: what was given is blank.
    Fixed(Option<Arc<SigningKeys>>),
    Oss(Arc<dyn ProvideCredentialDyn<Credential = reqsign_aliyun_oss::Credential>>),
    S3(Arc<dyn ProvideCredentialDyn<Credential = reqsign_aws_v4::Credential>>),
    Source(Arc<dyn CredentialSource>),
}

impl KeyLoader {
    /// Where the keys come from, for people.
    pub(super) fn describe_origin(&self) -> &'static str {
        match self {
            Self::Anonymous => "none",
            Self::Fixed(_) => "the key of the settings, or that which the platform handed over",
            Self::Oss(_) => {
                "ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and, for a temporary one, ALIBABA_CLOUD_SECURITY_TOKEN, or a role"
            }
            Self::S3(_) => {
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for a temporary one, AWS_SESSION_TOKEN, or a role"
            }
            Self::Source(_) => "fetched by the caller",
        }
    }

    /// `None`: there are none, or one half of them is blank.
    pub(super) async fn find_keys(&self, context: &Context) -> Result<Option<SigningKeys>, Error> {
        match self {
            // These are asked for nothing: see `get` and `renew`.
            Self::Anonymous | Self::Fixed(_) => Ok(None),
            Self::Oss(provider) => {
                let found = provider.provide_credential_dyn(context).await.map_err(unavailable)?;
                Ok(found.and_then(|found| {
                    let expires = found.expires_in.map(|at| at.as_system_time());
                    let token = found.security_token.map(Into::into);
                    SigningKeys::new(found.access_key_id, found.access_key_secret.into(), token, expires)
                }))
            }
            Self::S3(provider) => {
                let found = provider.provide_credential_dyn(context).await.map_err(unavailable)?;
                Ok(found.and_then(|found| {
                    let expires = found.expires_in.map(|at| at.as_system_time());
                    let token = found.session_token.map(Into::into);
                    SigningKeys::new(found.access_key_id, found.secret_access_key.into(), token, expires)
                }))
            }
            Self::Source(source) => {
                let pair = source.fetch().await.map_err(|error| {
                    let advice = if error.permanent { RetryAdvice::Permanent } else { RetryAdvice::RETRY };
                    Error::new(
                        ErrorKind::CredentialUnavailable,
                        OPERATION,
                        "no new credential could be fetched",
                    )
                    .with_advice(advice)
                    .with_source(error.source)
                })?;
                Ok(SigningKeys::new(
                    pair.access_key_id,
                    pair.access_key_secret,
                    pair.security_token,
                    pair.expires,
                ))
            }
        }
    }
}

/// Chooses the loader for `config`.
pub(crate) fn choose_loader(config: &StoreConfig) -> KeyLoader {
    match (&config.credentials, config.provider) {
        (Credentials::Anonymous, _) | (_, Provider::Folder) => KeyLoader::Anonymous,
        (Credentials::Refreshed(source), _) => KeyLoader::Source(source.clone()),
        (Credentials::Static { access_key_id, access_key_secret, security_token }, _) => {
            let keys = SigningKeys::new(
                access_key_id.clone(),
                access_key_secret.clone(),
                security_token.clone(),
                None,
            );
            KeyLoader::Fixed(keys.map(Arc::new))
        }
        (credentials, Provider::Oss) => choose_oss_loader(credentials),
        (credentials, Provider::S3) => choose_s3_loader(credentials, config.region.as_deref()),
    }
}

#[cfg(feature = "ambient-credentials")]
fn choose_oss_loader(credentials: &Credentials) -> KeyLoader {
    use reqsign_aliyun_oss::{
        AssumeRoleWithOidcCredentialProvider, DefaultCredentialProvider, EcsRamRoleCredentialProvider,
    };
    match credentials {
        Credentials::EcsRole(name) => {
            let mut provider = EcsRamRoleCredentialProvider::new();
            if let Some(name) = name {
                provider = provider.with_role_name(name);
            }
            KeyLoader::Oss(Arc::new(provider))
        }
        Credentials::Oidc { role_arn, provider_arn, token_file, session_name, sts_endpoint } => {
            let mut provider = AssumeRoleWithOidcCredentialProvider::new()
                .with_role_arn(role_arn)
                .with_oidc_provider_arn(provider_arn)
                .with_oidc_token_file(token_file)
                .with_role_session_name(session_name.as_deref().unwrap_or("oss2youku"));
            if let Some(endpoint) = sts_endpoint {
                provider = provider.with_sts_endpoint(endpoint);
            }
            KeyLoader::Oss(Arc::new(provider))
        }
        _ => KeyLoader::Oss(Arc::new(DefaultCredentialProvider::new())),
    }
}

#[cfg(feature = "ambient-credentials")]
fn choose_s3_loader(credentials: &Credentials, region: Option<&str>) -> KeyLoader {
    use reqsign_aws_v4::{
        AssumeRoleWithWebIdentityCredentialProvider, DefaultCredentialProvider, IMDSv2CredentialProvider,
    };
    match credentials {
        Credentials::EcsRole(_) => KeyLoader::S3(Arc::new(IMDSv2CredentialProvider::new())),
        Credentials::Oidc { role_arn, token_file, session_name, .. } => {
            let mut provider = AssumeRoleWithWebIdentityCredentialProvider::new()
                .with_role_arn(role_arn)
                .with_web_identity_token_file(token_file)
                .with_role_session_name(session_name.clone().unwrap_or_else(|| "oss2youku".to_owned()));
            if let Some(region) = region {
                provider = provider.with_region(region.to_owned());
            }
            KeyLoader::S3(Arc::new(provider))
        }
        _ => KeyLoader::S3(Arc::new(DefaultCredentialProvider::new())),
    }
}

/// A function is given its keys: what other machines may have is left out of it.
#[cfg(not(feature = "ambient-credentials"))]
fn choose_oss_loader(_: &Credentials) -> KeyLoader {
    KeyLoader::Oss(Arc::new(reqsign_aliyun_oss::EnvCredentialProvider::new()))
}

#[cfg(not(feature = "ambient-credentials"))]
fn choose_s3_loader(_: &Credentials, _: Option<&str>) -> KeyLoader {
    KeyLoader::S3(Arc::new(reqsign_aws_v4::EnvCredentialProvider::new()))
}

// A provider's error may quote the answer it got: only its kind is kept.
fn unavailable(error: reqsign_core::Error) -> Error {
    Error::new(ErrorKind::CredentialUnavailable, OPERATION, "the credential provider failed")
        .with_context("reason", error.kind())
}

#[cfg(all(test, feature = "ambient-credentials"))]
mod tests;
