//! Open uploads.

use super::{clip::Clip, record::Number};
use app::{
    storage::{self, MultipartId, PutOptions, Store},
    youku::{Md5, SliceServer, UploadCredentials},
};
use secrecy::SecretString;
use std::time::Duration;

/// An open upload.
pub(super) struct Session {
    pub(super) n: Number,
    pub(super) clip: Clip,
    pub(super) upload_token: SecretString,
    /// As `create` named it.
    pub(super) video_id: Option<String>,
    pub(super) credentials: UploadCredentials,
    pub(super) store: Store,
}

/// An open upload to a slice server.
pub(super) struct SliceSession {
    pub(super) n: Number,
    pub(super) clip: Clip,
    pub(super) upload_token: SecretString,
    pub(super) video_id: Option<String>,
    pub(super) server: SliceServer,
}

/// An open upload, and a multipart upload of it that was begun with its first keys.
pub(super) struct OldKeys {
    pub(super) session: Session,
    pub(super) multipart: MultipartId,
    /// How long Youku said that the keys live.
    pub(super) life: Duration,
}

impl Session {
    /// Youku's bucket, and the key of the one object.
    pub(super) fn bucket(&self) -> (&Store, &str) {
        (&self.store, &self.credentials.target.object)
    }

    /// Sends the clip by one PutObject.
    ///
    /// # Errors
    /// Whatever the bucket answers.
    pub(super) async fn put(&self) -> Result<(), storage::Error> {
        let (store, key) = self.bucket();
        store.put(key, self.clip.bytes.clone(), &PutOptions::default()).await.map(drop)
    }
}

impl SliceSession {
    /// The MD5 of a slice.
    pub(super) fn hash(bytes: &[u8]) -> Md5 {
        Md5(fast_md5::digest(bytes))
    }
}
