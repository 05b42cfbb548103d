//! The credential providers of reqsign, and what they need of the world: files, environment, HTTP.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use reqsign_core::{Context, Env, Error as SignError, FileRead, HttpSend};

use crate::Credentials;
use crate::config::{Provider, StoreConfig};
use crate::http_client::{HttpClient, SendError};
use crate::key_ring::{Keys, Loader};
use crate::upload_body::{Progress, UploadBody};

/// A metadata service that does not answer at once is not there.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_LIMIT: usize = 256 << 10;

/// The loader for `config`.
pub(crate) fn loader(config: &StoreConfig) -> Loader {
    match (&config.credentials, config.provider) {
        (Credentials::Anonymous, _) | (_, Provider::Folder) => Loader::Anonymous,
        (Credentials::Refreshed(source), _) => Loader::Source(source.clone()),
        (Credentials::Static { access_key_id, access_key_secret, security_token }, _) => {
            let keys =
                Keys::new(access_key_id.clone(), access_key_secret.clone(), security_token.clone(), None);
            Loader::Fixed(keys.map(Arc::new))
        }
        (credentials, Provider::Oss) => oss_loader(credentials),
        (credentials, Provider::S3) => s3_loader(credentials, config.region.as_deref()),
    }
}

#[cfg(feature = "ambient-credentials")]
fn oss_loader(credentials: &Credentials) -> Loader {
    use reqsign_aliyun_oss::{
        AssumeRoleWithOidcCredentialProvider, DefaultCredentialProvider, EcsRamRoleCredentialProvider,
    };
    match credentials {
        Credentials::EcsRole(name) => {
            let mut provider = EcsRamRoleCredentialProvider::new();
            if let Some(name) = name {
                provider = provider.with_role_name(name);
            }
            Loader::Oss(Arc::new(provider))
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
            Loader::Oss(Arc::new(provider))
        }
        _ => Loader::Oss(Arc::new(DefaultCredentialProvider::new())),
    }
}

#[cfg(feature = "ambient-credentials")]
fn s3_loader(credentials: &Credentials, region: Option<&str>) -> Loader {
    use reqsign_aws_v4::{
        AssumeRoleWithWebIdentityCredentialProvider, DefaultCredentialProvider, IMDSv2CredentialProvider,
    };
    match credentials {
        Credentials::EcsRole(_) => Loader::S3(Arc::new(IMDSv2CredentialProvider::new())),
        Credentials::Oidc { role_arn, token_file, session_name, .. } => {
            let mut provider = AssumeRoleWithWebIdentityCredentialProvider::new()
                .with_role_arn(role_arn)
                .with_web_identity_token_file(token_file)
                .with_role_session_name(session_name.clone().unwrap_or_else(|| "oss2youku".to_owned()));
            if let Some(region) = region {
                provider = provider.with_region(region.to_owned());
            }
            Loader::S3(Arc::new(provider))
        }
        _ => Loader::S3(Arc::new(DefaultCredentialProvider::new())),
    }
}

/// A function is given its keys: what other machines may have is left out of it.
#[cfg(not(feature = "ambient-credentials"))]
fn oss_loader(_: &Credentials) -> Loader {
    Loader::Oss(Arc::new(reqsign_aliyun_oss::EnvCredentialProvider::new()))
}

#[cfg(not(feature = "ambient-credentials"))]
fn s3_loader(_: &Credentials, _: Option<&str>) -> Loader {
    Loader::S3(Arc::new(reqsign_aws_v4::EnvCredentialProvider::new()))
}

/// The providers' view of the world.
pub(crate) fn context(http: HttpClient, env: impl Env) -> Context {
    Context::new().with_env(NotBlank(env)).with_file_read(Files).with_http_send(Http(http))
}

/// An environment in which a variable that is blank is not set.
#[derive(Debug)]
struct NotBlank<E>(E);

impl<E: Env> Env for NotBlank<E> {
    fn var(&self, name: &str) -> Option<String> {
        self.0.var(name).filter(|value| !value.trim().is_empty())
    }

    fn vars(&self) -> HashMap<String, String> {
        let mut all = self.0.vars();
        all.retain(|_, value| !value.trim().is_empty());
        all
    }

    fn home_dir(&self) -> Option<PathBuf> {
        self.0.home_dir()
    }
}

#[derive(Debug)]
struct Files;

impl FileRead for Files {
    async fn file_read(&self, path: &str) -> reqsign_core::Result<Vec<u8>> {
        tokio::fs::read(path)
            .await
            .map_err(|error| SignError::config_invalid("file not readable").with_source(error))
    }
}

#[derive(Debug)]
struct Http(HttpClient);

impl HttpSend for Http {
    async fn http_send(&self, request: http::Request<Bytes>) -> reqsign_core::Result<http::Response<Bytes>> {
        let failed =
            |error: SendError| SignError::unexpected("no answer").with_source(error).set_retryable(true);
        let exchange = async {
            let answer = self
                .0
                .send(request.map(|bytes| UploadBody::whole(bytes, Progress::new())))
                .await
                .map_err(failed)?;
            let (head, body) = answer.into_parts();
            // Providers quote a failed answer in errors and log lines; they are given none to quote.
            if !head.status.is_success() {
                return Ok(http::Response::from_parts(head, Bytes::new()));
            }
            let body = Limited::new(body, ANSWER_LIMIT)
                .collect()
                .await
                .map_err(|_| SignError::unexpected("answer cut"))?
                .to_bytes();
            Ok(http::Response::from_parts(head, body))
        };
        tokio::time::timeout(ANSWER_WITHIN, exchange)
            .await
            .unwrap_or_else(|_| Err(SignError::unexpected("no answer in time").set_retryable(true)))
    }
}
