//! Who signs: the choices a caller has.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use secrecy::SecretString;

use ::error::BoxError;

/// Where the keys come from.
#[derive(Clone)]
pub enum Credentials {
    /// What the cloud's own tools would find, in their order: environment variables (`ALIBABA_CLOUD_ACCESS_KEY_ID`, ... or
    /// `AWS_ACCESS_KEY_ID`, ...) and, with the feature `ambient-credentials`, profile files, OIDC, the machine's role.
    Environment,
    /// Fixed keys; with a token they end when it does.
    Static {
        /// Public half.
        access_key_id: String,
        /// Secret half.
        access_key_secret: SecretString,
        /// Token of a temporary pair.
        security_token: Option<SecretString>,
    },
    /// The role of the ECS machine (its name is asked of the metadata service where none is given); on S3 the role of the EC2 machine.
    #[cfg(feature = "ambient-credentials")]
    EcsRole(Option<String>),
    /// A role assumed with an OIDC token that something else keeps fresh in a file.
    #[cfg(feature = "ambient-credentials")]
    Oidc {
        /// The role.
        role_arn: String,
        /// The identity provider (OSS only; S3 takes it from the token).
        provider_arn: String,
        /// Path of the token.
        token_file: String,
        /// Name shown in audit logs.
        session_name: Option<String>,
        /// Another STS endpoint than the public one (OSS only).
        sts_endpoint: Option<String>,
    },
    /// No signature at all.
    Anonymous,
    /// Pairs fetched by the caller, kept until shortly before they expire.
    Refreshed(Arc<dyn CredentialSource>),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "Environment",
            Self::Static { .. } => "Static",
            #[cfg(feature = "ambient-credentials")]
            Self::EcsRole(_) => "EcsRole",
            #[cfg(feature = "ambient-credentials")]
            Self::Oidc { .. } => "Oidc",
            Self::Anonymous => "Anonymous",
            Self::Refreshed(_) => "Refreshed",
        })
    }
}

/// Fetches temporary pairs, for instance from the service that owns the bucket.
#[async_trait]
pub trait CredentialSource: Send + Sync {
    /// Gets a new pair. Never called twice at once for one store.
    async fn fetch(&self) -> Result<StsPair, CredentialError>;
}

/// A temporary pair.
#[derive(Debug, Clone)]
pub struct StsPair {
    /// Public half.
    pub access_key_id: String,
    /// Secret half.
    pub access_key_secret: SecretString,
    /// Its token.
    pub security_token: Option<SecretString>,
    /// When it ends. It is replaced five minutes earlier, or after half its life if that is later. `None`: when the bucket refuses it.
    pub expires: Option<SystemTime>,
}

/// Why no pair could be fetched.
#[derive(Debug)]
pub struct CredentialError {
    /// Trying again cannot help.
    pub permanent: bool,
    /// The fetcher's own error; it stays reachable as the source of the [`Error`](crate::Error).
    pub source: BoxError,
}
