//! Jobs: requests to publish one object on Youku, and the id of the upload that carries one out.

use crate::{Location, Object, StatedMd5, UploadId, model::metadata::VideoMetadata};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Which of Youku's two protocols carries the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A multipart upload into the bucket Youku names.
    #[default]
    Oss,
    /// Slices handed out by Youku's upload server.
    Slice,
}

/// A request to publish one object on Youku under one account with some metadata.
#[derive(Debug, Clone)]
pub struct Job {
    /// What to publish.
    pub location: Location,
    /// The account's name in the settings.
    pub account: String,
    /// What is known of the video; defaults fill the rest.
    pub video: VideoMetadata,
    /// Youku's protocol.
    pub mode: Mode,
    /// The whole object's MD5, if the caller states it.
    pub md5: Option<StatedMd5>,
    /// A nonce that requests another video of an object that was uploaded before.
    pub force_nonce: Option<String>,
}

impl UploadId {
    /// Derives the id of the upload of `object` that `job` requests.
    #[must_use]
    pub fn new(object: &Object, job: &Job) -> Self {
        let version = match &object.version_id {
            Some(id) => id.clone(),
            None => object.etag.to_ascii_uppercase(),
        };
        let location = &object.location;
        let mut hash = Sha256::new();
        let nonce = job.force_nonce.as_deref().unwrap_or_default();
        for field in
            [location.provider.as_str(), &location.bucket, &location.key, &version, &job.account, nonce]
        {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        Self::from_digest(&hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Provider;

    fn upload(etag: &str, key: &str, account: &str, again: Option<&str>) -> UploadId {
        let location =
            Location { provider: Provider::Oss, bucket: "b".into(), key: key.into(), region: None };
        let object = Object::new(location.clone(), etag, 1);
        let job = Job {
            location,
            account: account.into(),
            video: VideoMetadata::default(),
            mode: Mode::Oss,
            md5: None,
            force_nonce: again.map(Into::into),
        };
        UploadId::new(&object, &job)
    }

    #[test]
    fn the_upload_id_depends_on_version_account_and_nonce_but_not_on_the_etags_case() {
        let id = upload("AB-1", "k", "main", None);
        assert_eq!(id.as_str().len(), 32);
        assert_eq!(id, upload("ab-1", "k", "main", None));
        for other in [
            upload("AB-2", "k", "main", None),
            upload("AB-1", "l", "main", None),
            upload("AB-1", "k", "other", None),
            upload("AB-1", "k", "main", Some("n")),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn fields_cannot_run_into_each_other() {
        assert_ne!(upload("A", "kx", "main", None), upload("A", "k", "xmain", None));
    }
}
