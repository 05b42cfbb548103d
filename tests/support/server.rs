//! The servers around the function.

use super::TestEnv;
use local_clouds::control::Control;

/// A server of the local clouds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Server {
    /// The user's OSS: the objects, and the ledger where it is in a bucket.
    Oss,
    /// The bucket that Youku names.
    Bucket,
    /// Youku's API and its slice server.
    Youku,
}

impl Server {
    /// Its faults and its link.
    pub(crate) fn control(self, env: &TestEnv) -> Control {
        match self {
            Self::Oss => env.clouds.oss_control.clone(),
            Self::Bucket => env.clouds.youku.bucket_control(),
            Self::Youku => env.clouds.youku.control(),
        }
    }
}
