//! The content of an open mark.

use super::{
    Timestamp,
    codec::{VERSION, encode},
    pending_callback::PendingCallback,
    record::Record,
    request::{StoredRequest, StoredVersion},
    seal::Sealed,
    step::WaitReason,
};
use crate::{Entrypoint, Error, Location, Object};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The content of an open mark, for people and for the sweep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenMark {
    pub(super) v: u32,
    /// Where the object lies.
    pub location: Location,
    /// The account's name in the settings.
    pub account: String,
    /// The video's title; marks of older programs have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Bytes of the object; marks of older programs do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// How it was asked for; marks of older programs do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Entrypoint>,
    /// Earliest time the upload may be resumed (store clock); only the key states the end of a pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// Why the upload waits, where its last step says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<WaitReason>,
    /// The stable code of the error for which an upload is paused that a person must help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<String>,
    /// The version that could not be read, of an upload that cannot continue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) object: Option<StoredVersion>,
    /// The callback that an upload which has ended still waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<PendingCallback>,
    /// The hour of a video that is there and hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publication: Option<ScheduledVideo>,
    /// A secret that the holder could not decrypt.
    #[serde(rename = "unopened", default, skip_serializing_if = "Option::is_none")]
    pub(super) undecrypted: Option<UndecryptedRequest>,
}

/// A video that is hidden until its hour, as the mark of its upload tells it: a list reads no chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduledVideo {
    /// When the upload was committed, by the store's clock.
    pub ended: Timestamp,
    /// The hour.
    pub at: Timestamp,
    /// The video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_id: Option<String>,
}

impl ScheduledVideo {
    /// The hour that a record's video waits for.
    #[must_use]
    pub fn from_record(record: &Record) -> Option<Self> {
        let pending = record.pending_publication()?;
        let (ended, video_id) = (record.end()?.at, record.video_id.clone());
        Some(Self { ended, at: pending.publication.at, video_id })
    }
}

/// A sealed secret of an upload, copied because a run could not decrypt it: a process that can may resume the
/// upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UndecryptedRequest {
    pub(super) field: String,
    pub(super) sealed: Sealed,
}

impl OpenMark {
    pub(super) fn new(request: &StoredRequest) -> Self {
        let (location, account) = (request.location.clone(), request.account.clone());
        let title = Some(request.title());
        Self {
            v: VERSION,
            location,
            account,
            title,
            size: Some(request.object.size),
            entrypoint: request.entrypoint,
            not_before: None,
            waiting: None,
            paused: None,
            object: None,
            callback: None,
            publication: None,
            undecrypted: None,
        }
    }

    /// The version that could not be read at the last attempt.
    pub(crate) fn unreadable_object(&self) -> Option<Object> {
        let StoredVersion { etag, version_id, size, .. } = self.object.clone()?;
        Some(Object { version_id, ..Object::new(self.location.clone(), etag, size) })
    }

    pub(super) fn encode(&self) -> Result<Bytes, Error> {
        encode(self)
    }
}
