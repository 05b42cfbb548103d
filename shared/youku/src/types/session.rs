//! Uploads that `create` has opened, and where their bytes go.

use secrecy::SecretString;
use std::time::SystemTime;

/// The place in Youku's own OSS bucket that one upload may write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadTarget {
    /// OSS endpoint as Youku sent it, usually without a scheme: `oss-cn-shanghai.aliyuncs.com`.
    pub endpoint: String,
    /// Bucket to write to.
    pub bucket: String,
    /// Key to write to.
    pub object: String,
}

/// Temporary credentials for one [`UploadTarget`].
#[derive(Debug, Clone)]
pub struct UploadCredentials {
    /// What they open.
    pub target: UploadTarget,
    /// Temporary access key id.
    pub access_key_id: String,
    /// Temporary access key secret.
    pub access_key_secret: SecretString,
    /// The STS token that goes with the key.
    pub security_token: SecretString,
    /// When the credentials end, by this machine's clock, also where that is wrong; fetch new ones before.
    pub expires: SystemTime,
}

/// An upload opened in OSS mode.
#[derive(Debug, Clone)]
pub struct OssSession {
    /// Names the upload in every later call.
    pub upload_token: SecretString,
    /// The id that the video will have, if Youku names it now.
    pub video_id: Option<String>,
    /// Where the bytes go.
    pub credentials: UploadCredentials,
    /// Youku says that it holds a file of this MD5 already. Nobody documents whether a commit takes the held bytes.
    pub already_stored: bool,
}

/// An upload opened in slice mode.
#[derive(Debug, Clone)]
pub struct SliceSession {
    /// Names the upload in every later call.
    pub upload_token: SecretString,
    /// The slice server's name, such as `g01.upload.youku.com`; the client resolves it, once.
    pub upload_server_uri: String,
    /// The id that the video will have, if Youku names it now.
    pub video_id: Option<String>,
    /// Youku already holds these bytes: commit without sending any.
    pub already_stored: bool,
}
