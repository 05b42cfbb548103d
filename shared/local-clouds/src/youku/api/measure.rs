//! Size and hashes of the bytes a session really holds.

use std::sync::Arc;

use crate::oss::ObjectKind;
use crate::youku::error::ApiError;
use crate::youku::file_hash::FileHash;
use crate::youku::session_state::ContentLocation;
use crate::youku::state::YoukuService;
use crate::youku::video::MeasuredContent;

impl YoukuService {
    /// Measures size and hashes of the stored bytes; most of them were hashed while they arrived.
    pub(crate) async fn measure(
        &self,
        content: &ContentLocation,
        prefix: Arc<FileHash>,
    ) -> Result<MeasuredContent, ApiError> {
        let missing = || ApiError::wrong_bytes("No such object");
        match content {
            ContentLocation::Object(key) => {
                let (oss, bucket) = (&self.0.oss, &self.0.config.bucket);
                let object = oss.object(bucket, key).ok_or_else(missing)?;
                let discarded = oss.is_discarded(bucket, key);
                let md5 = match discarded {
                    true => None,
                    false => {
                        let md5 = oss.md5(bucket, key).await.map_err(|_| ApiError::unavailable())?;
                        Some(md5.ok_or_else(missing)?)
                    }
                };
                Ok(MeasuredContent {
                    size: object.size,
                    md5,
                    crc64: Some(object.crc64),
                    discarded,
                    single_put: object.kind == ObjectKind::Normal,
                })
            }
            ContentLocation::File(path) => {
                let path = self.0.disk.path(path);
                let measured = tokio::task::spawn_blocking(move || prefix.finish(&path)).await;
                let (size, md5) = measured.ok().and_then(Result::ok).ok_or_else(ApiError::unavailable)?;
                Ok(MeasuredContent { size, md5: Some(md5), crc64: None, discarded: false, single_put: false })
            }
        }
    }
}
