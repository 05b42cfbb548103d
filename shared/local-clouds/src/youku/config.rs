//! Settings of the local Youku.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::youku::switches::Switches;

/// Settings of a local Youku. `YoukuConfig { .., ..YoukuConfig::new(dir) }` changes single fields.
#[derive(Debug, Clone)]
pub struct YoukuConfig {
    /// Where the bytes, the committed videos and the tokens are kept; created if missing.
    pub data_dir: PathBuf,
    /// Who may upload.
    pub accounts: Vec<Account>,
    /// The switches.
    pub switches: Switches,
    /// Life of the STS credentials that create and get_sts_inf hand out. Default one hour.
    pub sts_life: Duration,
    /// Life of an upload token. Default one day.
    pub upload_token_life: Duration,
    /// Life of an access token from a refresh. Default 30 days.
    pub access_token_life: Duration,
    /// API calls an hour that one client may make; absent: any number.
    pub rate_limit_per_hour: Option<u32>,
    /// Time after which an undelivered slice is handed out again. Default one minute.
    pub undelivered_slice_returns_after: Duration,
    /// The bucket that create names in OSS mode.
    pub bucket: String,
    /// That bucket's region, for signature V4.
    pub region: String,
    /// The bucket accepts signature V1.
    pub bucket_allows_v1: bool,
    /// The bucket accepts signature V4.
    pub bucket_allows_v4: bool,
}

impl YoukuConfig {
    /// One account, long lives, everything kept under `data_dir`.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        let hour = Duration::from_secs(3600);
        Self {
            data_dir: data_dir.into(),
            accounts: vec![Account::default()],
            switches: Switches::default(),
            sts_life: hour,
            upload_token_life: 24 * hour,
            access_token_life: 30 * 24 * hour,
            rate_limit_per_hour: None,
            undelivered_slice_returns_after: Duration::from_secs(60),
            bucket: "yk-source-upload".to_owned(),
            region: "cn-shanghai".to_owned(),
            bucket_allows_v1: true,
            bucket_allows_v4: true,
        }
    }
}

/// Under `youku-data` in the working directory.
impl Default for YoukuConfig {
    fn default() -> Self {
        Self::new("youku-data")
    }
}

/// One application on Youku and its first pair of tokens.
#[derive(Debug, Clone)]
pub struct Account {
    /// The application's id.
    pub client_id: String,
    /// The account's name in the views.
    pub name: String,
    /// The user its tokens belong to, as `users/myinfo` answers.
    pub user_id: u64,
    /// The first access token.
    pub access_token: String,
    /// The first refresh token; valid for one refresh.
    pub refresh_token: String,
    /// When the first access token expires; absent: after [`YoukuConfig::access_token_life`].
    pub access_expires: Option<SystemTime>,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            client_id: "local-client".to_owned(),
            name: "default".to_owned(),
            user_id: 1_000_001,
            access_token: "local-access-token".to_owned(),
            refresh_token: "local-refresh-token".to_owned(),
            access_expires: None,
        }
    }
}
