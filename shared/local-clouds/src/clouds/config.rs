//! Settings of the local clouds, and where they run.

use std::path::PathBuf;

pub(crate) use crate::oss::auth::policy::Policy;
use crate::youku::config::{Account, YoukuConfig};

/// Settings of the local clouds. `CloudsConfig { .., ..CloudsConfig::new(dir) }` changes single fields.
#[derive(Clone)]
pub struct CloudsConfig {
    /// Folder of the data: objects are kept in `oss` below it; Youku has a folder of its own in
    /// [`CloudsConfig::youku`].
    pub data_dir: PathBuf,
    /// Region of OSS and function.
    pub region: String,
    /// The bucket whose events call the function; created if missing.
    pub bucket: String,
    /// More such buckets.
    pub other_buckets: Vec<String>,
    /// Those events, as a trigger's configuration names them.
    pub events: Vec<String>,
    /// The user's access key id and secret, for OSS and for calling functions.
    pub access_key: (String, String),
    /// What the function's role may do in OSS; absent = everything.
    pub role_policy: Option<Policy>,
    /// Settings of the local Youku.
    pub youku: YoukuConfig,
    /// First of five ports (OSS, Youku, Youku's bucket, function API, HTTP trigger); 0 = free ones.
    pub port_base: u16,
}

impl CloudsConfig {
    /// A bucket `videos`, one Youku account, free ports, everything kept under `data_dir`.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        let data_dir = data_dir.into();
        let created = ["PutObject", "PostObject", "CompleteMultipartUpload", "CopyObject"];
        Self {
            youku: YoukuConfig::new(data_dir.join("youku")),
            data_dir,
            region: "cn-hangzhou".to_owned(),
            bucket: "videos".to_owned(),
            other_buckets: Vec::new(),
            events: created.map(|event| format!("oss:ObjectCreated:{event}")).to_vec(),
            access_key: ("local-access-key".to_owned(), "local-access-secret".to_owned()),
            role_policy: None,
            port_base: 0,
        }
    }
}

/// The addresses of the clouds and the accounts at Youku; known before the function starts, so that its
/// settings can name them.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// `http://127.0.0.1:PORT` of the local OSS; path style.
    pub oss: String,
    /// `http://127.0.0.1:PORT` of Youku's API.
    pub youku: String,
    /// `http://127.0.0.1:PORT` of Youku's own bucket.
    pub youku_bucket: String,
    /// `http://127.0.0.1:PORT` of the function API.
    pub fc: String,
    /// `http://127.0.0.1:PORT` of the HTTP trigger, if the function has one.
    pub http_trigger: String,
    /// The accounts at the local Youku with their newest tokens, which an earlier run may have refreshed.
    pub youku_accounts: Vec<Account>,
}
