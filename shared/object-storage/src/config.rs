//! The settings of a store: where it is, how it is addressed, who signs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::credentials::source::Credentials;

/// Whose protocol a store speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Alibaba Cloud Object Storage Service.
    Oss,
    /// Amazon S3 and what speaks its protocol.
    S3,
    /// A folder of this machine; keys are paths below it.
    Folder,
}

/// Where the bucket's name stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Addressing {
    /// In the path for an IP address or `localhost`, in the host name else; not at all where the endpoint already begins with it.
    #[default]
    Auto,
    /// `https://BUCKET.endpoint/key`.
    VirtualHost,
    /// `https://endpoint/BUCKET/key`. Public OSS endpoints refuse it.
    Path,
    /// `https://endpoint/key`: the endpoint is a domain bound to the bucket.
    CustomDomain,
}

/// How requests to OSS are signed (S3 knows V4 alone and ignores this).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignatureVersion {
    /// HMAC-SHA256 over date and region; what OSS wants today.
    #[default]
    V4,
    /// HMAC-SHA1; withdrawn for new accounts, still the only one some private gateways know.
    V1,
    /// V4, and V1 once the bucket has refused the version. Remembered per endpoint and bucket for the life of the process.
    Auto,
}

/// The settings of one [`Store`](crate::Store).
#[derive(Debug, Clone)]
pub struct StoreConfig {
    pub(crate) provider: Provider,
    pub(crate) bucket: String,
    pub(crate) root: PathBuf,
    pub(crate) endpoint: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) addressing: Addressing,
    pub(crate) signature: SignatureVersion,
    pub(crate) credentials: Credentials,
    pub(crate) idle: Duration,
    pub(crate) stall: Duration,
}

impl StoreConfig {
    fn new(provider: Provider, bucket: String, root: PathBuf) -> Self {
        Self {
            provider,
            bucket,
            root,
            endpoint: None,
            region: None,
            addressing: Addressing::Auto,
            signature: SignatureVersion::V4,
            credentials: Credentials::Environment,
            idle: Duration::from_secs(30),
            stall: Duration::from_secs(120),
        }
    }

    /// An OSS bucket.
    pub fn oss(bucket: impl Into<String>) -> Self {
        Self::new(Provider::Oss, bucket.into(), PathBuf::new())
    }

    /// An S3 bucket.
    pub fn s3(bucket: impl Into<String>) -> Self {
        Self::new(Provider::S3, bucket.into(), PathBuf::new())
    }

    /// A local folder; it is created when something is first written.
    pub fn folder(path: impl AsRef<Path>) -> Self {
        let root = path.as_ref().to_path_buf();
        Self::new(Provider::Folder, root.to_string_lossy().into_owned(), root)
    }

    /// Host, `host:port` or URL without a path; `https` where no scheme is given. Default: the public endpoint of the region.
    #[must_use]
    pub fn endpoint(mut self, endpoint: &str) -> Self {
        self.endpoint = Some(endpoint.to_owned());
        self
    }

    /// The region to sign for, such as `cn-hangzhou`. `None`: read from an endpoint of the form
    /// `oss-REGION[-internal].aliyuncs.com` or `s3.REGION.amazonaws.com`.
    #[must_use]
    pub fn region(mut self, region: Option<String>) -> Self {
        self.region = region;
        self
    }

    /// Where the bucket's name goes.
    #[must_use]
    pub fn addressing(mut self, addressing: Addressing) -> Self {
        self.addressing = addressing;
        self
    }

    /// How requests to OSS are signed.
    #[must_use]
    pub fn signature(mut self, signature: SignatureVersion) -> Self {
        self.signature = signature;
        self
    }

    /// Who signs.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// How long a connection may move no byte before it is dropped (default 30 s). The answer to a multipart completion may take
    /// four times as long.
    #[must_use]
    pub fn idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// How long a read that was cut keeps reconnecting without one new byte before it gives up (default 120 s).
    #[must_use]
    pub fn stall(mut self, stall: Duration) -> Self {
        self.stall = stall;
        self
    }
}
