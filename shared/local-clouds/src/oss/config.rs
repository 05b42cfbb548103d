//! Settings of a local OSS.

use std::collections::HashMap;
use std::path::PathBuf;

/// What a local OSS is started with.
#[derive(Clone, Debug)]
pub struct OssConfig {
    /// Where objects and their records are kept; created if missing. A new server on the same folder finds
    /// them again.
    pub data_dir: PathBuf,
    /// The region V4 signatures must name, e.g. `cn-hangzhou`.
    pub region: String,
    /// Custom domains: host name without port to bucket.
    pub cname: HashMap<String, String>,
    /// Whether V1 signatures are accepted; new buckets of the real service refuse them.
    pub allow_v1: bool,
    /// Whether V4 signatures are accepted; some private gateways refuse them.
    pub allow_v4: bool,
    /// Whether the parts of multipart uploads are hashed in order while they arrive, so that
    /// [`Oss::md5`](super::Oss::md5) has little left to read. It costs an MD5 of every byte.
    pub md5_ahead: bool,
}

impl OssConfig {
    /// Region `cn-hangzhou`, both signature versions, no custom domain, nothing hashed ahead.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            region: "cn-hangzhou".to_owned(),
            cname: HashMap::new(),
            allow_v1: true,
            allow_v4: true,
            md5_ahead: false,
        }
    }
}
