//! Jobs: requests to publish one object on Youku, and the id of the upload that carries one out.

use crate::{
    Location, Object, StatedMd5, UploadId,
    model::{metadata::StatedMetadata, publication::Publication},
};
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

/// How an upload was asked for: for people, who look for those of one way. Nothing depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entrypoint {
    /// A platform's event reported the object.
    Event,
    /// A sweep's scan found the object.
    Scan,
    /// A task in the modern form: by HTTP, from a queue or through Gearman.
    Task,
    /// A task in the legacy worker's form.
    LegacyTask,
    /// A person's command.
    Command,
}

/// A request to publish one object on Youku under one account with some metadata.
#[derive(Debug, Clone)]
pub struct Job {
    /// What to publish.
    pub location: Location,
    /// The account's name in the settings.
    pub account: String,
    /// What is known of the video; defaults fill the rest.
    pub video: StatedMetadata,
    /// When the video is made public, if it is hidden at first.
    pub publication: Option<Publication>,
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
