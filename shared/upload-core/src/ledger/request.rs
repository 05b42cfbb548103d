//! What an upload is about, as its first step stores it.

use super::{
    seal::{Sealed, Sealer},
    stored_metadata::{self, StoredMetadata},
};
use crate::model::{publication::Publication, timestamp::Timestamp};
use crate::{
    Callback, Entrypoint, Error, Job, Location, Md5, Mode, Object, Preflight, StatedMd5, VideoEvent,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// What an upload is about.
#[derive(Debug, Clone)]
pub struct UploadRequest {
    /// The job.
    pub job: Job,
    /// The version of the object to upload. Its user metadata is not stored: it is part of the job by now.
    pub object: Object,
    /// The key that the caller used, if it is not the object's: outcomes carry it.
    pub requested_key: Option<String>,
    /// Receiver of the outcome.
    pub callback: Option<Callback>,
    /// The account that the task brought, as the entrypoint wrote it.
    pub caller_account: Option<SecretString>,
    /// How it was asked for; requests of older programs do not say.
    pub entrypoint: Option<Entrypoint>,
    /// When its object landed, by its store's clock, where that is why it is asked for: while Youku takes no calls it waits its turn by
    /// this time, and any other by when it began.
    pub landed: Option<SystemTime>,
}

impl UploadRequest {
    /// A request for `object`, with nothing else stated.
    #[must_use]
    pub fn new(job: Job, object: Object) -> Self {
        Self {
            job,
            object,
            requested_key: None,
            callback: None,
            caller_account: None,
            entrypoint: None,
            landed: None,
        }
    }

    /// Whether the object is to be published unseen, also where it was refused before.
    pub(crate) fn turns_preflight_off(&self) -> bool {
        self.job.video.preflight == Some(Preflight::Off)
    }
}

/// The field to which the seal of a publication's word is bound: it is a watch password like any other.
const WORD: &str = "watch_password";

/// [`UploadRequest`] with its secrets sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredRequest {
    /// Where the object lies.
    pub location: Location,
    /// The account's name in the settings.
    pub account: String,
    /// Youku's protocol.
    pub mode: Mode,
    /// The nonce that requested another video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force_nonce: Option<String>,
    /// MD5 that the caller or, failing that, the object's metadata stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_md5: Option<StatedMd5>,
    /// The version of the object.
    pub object: StoredVersion,
    /// What is known of the video.
    pub video: StoredMetadata,
    /// The key that the caller used, if it is not the object's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_key: Option<String>,
    /// URL that receives the outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<Sealed>,
    /// Later events that it also receives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<VideoEvent>,
    /// The account that the task brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_account: Option<Sealed>,
    /// How it was asked for; requests of older programs do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Entrypoint>,
    /// When its object landed, where that is why it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landed: Option<Timestamp>,
    /// When the video is made public, if it is hidden at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publication: Option<Publication<Sealed>>,
    /// Fields that the task or the object stated: a sidecar that is written again does not change them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<String>,
    /// The MD5 of the sidecar that was read with the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sidecar: Option<String>,
    /// What the preflight does with a broken file, where that was stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preflight: Option<Preflight>,
}

/// One version of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredVersion {
    /// ETag without quotes.
    pub etag: String,
    /// Version id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// Bytes.
    pub size: u64,
    /// MD5, if the store states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<Md5>,
    /// CRC-64/XZ, if the store states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64: Option<u64>,
}

impl StoredRequest {
    /// The video's title, as it is or would be on Youku.
    #[must_use]
    pub fn title(&self) -> String {
        self.video.title_or_default(self.location.file_name())
    }

    /// Iterates over its secrets, each with the name of its field.
    pub(super) fn sealed_secrets(&self) -> impl Iterator<Item = (&'static str, &Sealed)> {
        let fields = [
            ("caller_account", &self.caller_account),
            ("callback", &self.callback),
            ("watch_password", &self.video.metadata.watch_password),
        ];
        let word = self.publication.as_ref().and_then(|publication| publication.word.as_ref());
        let fields = fields.into_iter().filter_map(|(field, sealed)| Some((field, sealed.as_ref()?)));
        fields.chain(word.map(|word| (WORD, word)))
    }

    pub(super) fn seal(request: &UploadRequest, sealer: Sealer<'_>) -> Result<Self, Error> {
        let UploadRequest { job, object, requested_key, callback, caller_account, entrypoint, landed } =
            request;
        Ok(Self {
            location: object.location.clone(),
            account: job.account.clone(),
            mode: job.mode,
            force_nonce: job.force_nonce.clone(),
            stated_md5: job.md5.clone().or_else(|| object.stated_md5.clone()),
            object: StoredVersion {
                etag: object.etag.clone(),
                version_id: object.version_id.clone(),
                size: object.size,
                md5: object.md5,
                crc64: object.crc64,
            },
            video: stored_metadata::seal(&job.video, sealer)?,
            requested_key: requested_key.clone(),
            callback: sealer.seal_some(callback.as_ref().map(|callback| &callback.url), "callback")?,
            events: callback.as_ref().map(|callback| callback.events.clone()).unwrap_or_default(),
            caller_account: sealer.seal_some(caller_account.as_ref(), "caller_account")?,
            entrypoint: *entrypoint,
            landed: landed.map(Timestamp::from),
            publication: seal_publication(job.publication.as_ref(), sealer)?,
            sidecar: job.video.sidecar.clone(),
            fixed: job.video.fixed.iter().map(|field| (*field).to_owned()).collect(),
            preflight: job.video.preflight,
        })
    }

    pub(super) fn open(&self, sealer: Sealer<'_>) -> Result<UploadRequest, Error> {
        let record = self.clone();
        let entrypoint = record.entrypoint;
        let job = Job {
            location: record.location.clone(),
            account: record.account,
            video: stored_metadata::open(&self.video, sealer)?.with_preflight(record.preflight),
            publication: open_publication(self.publication.as_ref(), sealer)?,
            mode: record.mode,
            md5: record.stated_md5,
            force_nonce: record.force_nonce,
        };
        let object = Object {
            version_id: record.object.version_id,
            md5: record.object.md5,
            crc64: record.object.crc64,
            ..Object::new(record.location, record.object.etag, record.object.size)
        };
        let url = sealer.open_some(self.callback.as_ref(), "callback")?;
        let callback = url.map(|url| Callback { events: record.events, ..Callback::new(url) });
        let caller_account = sealer.open_some(self.caller_account.as_ref(), "caller_account")?;
        Ok(UploadRequest {
            job,
            object,
            requested_key: record.requested_key,
            callback,
            caller_account,
            entrypoint,
            landed: record.landed.map(Timestamp::get),
        })
    }
}

/// Seals a publication's word.
pub(super) fn seal_publication(
    publication: Option<&Publication>,
    sealer: Sealer<'_>,
) -> Result<Option<Publication<Sealed>>, Error> {
    let sealed =
        publication.cloned().map(|publication| publication.try_map_word(|word| sealer.seal(&word, WORD)));
    sealed.transpose()
}

/// Opens a publication's word.
pub(super) fn open_publication(
    publication: Option<&Publication<Sealed>>,
    sealer: Sealer<'_>,
) -> Result<Option<Publication>, Error> {
    let opened =
        publication.cloned().map(|publication| publication.try_map_word(|word| sealer.open(&word, WORD)));
    opened.transpose()
}
