//! A list of uploads: what is asked, and a page of it.

use super::{
    callback_status::CallbackStatus,
    page_token::{ListState, PageToken},
};
use serde::{Deserialize, Serialize};
use upload_core::{
    Entrypoint, Error, Media, UploadError as _, UploadId,
    ledger::{FinishedUpload, Ledger, OpenMark, OpenUpload, StepKind, Timestamp, WaitReason},
};

/// Which uploads to list.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Only these; absent: the open ones, then those that ended.
    pub state: Option<ListState>,
    /// Most uploads of a page, 1 to 1,000.
    pub limit: usize,
    /// Only those after this.
    pub after: Option<PageToken>,
}

/// A page of uploads.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct UploadList {
    /// Open ones in the order of their ids, ended ones with the latest first. An upload that ended and still waits for its callback is
    /// among the open ones, with the state of its end.
    pub uploads: Vec<ListedUpload>,
    /// Entries among the open ones that cannot be read: the rest is listed all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<ListError>,
    /// Where the next page begins (`after`); `None` at the end.
    pub next: Option<String>,
}

/// An entry of the ledger that cannot be read: damaged, foreign or of a newer program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListError {
    /// The stable code of the error.
    pub error: &'static str,
    /// One line for a caller.
    pub message: String,
    /// What is wrong, with the entry's key: for the operator's own terminal.
    #[serde(skip)]
    pub detail: String,
}

impl ListError {
    /// What a caller may read of an error.
    pub(super) fn from_error(error: &Error) -> Self {
        Self { error: error.kind().code(), message: error.sentence().into_owned(), detail: error.to_string() }
    }
}

/// One upload in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListedUpload {
    /// The upload.
    pub upload_id: UploadId,
    /// `open`, or how it ended at `at`: `committed`, `failed` or `cancelled`.
    pub state: String,
    /// Where the object lies, such as `oss://bucket/key`.
    pub object: String,
    /// The account.
    pub account: String,
    /// The video's title; uploads of older programs have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Bytes of the object; uploads of older programs do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// How it was asked for: `event`, `scan`, `task`, `legacy_task` or `command`; uploads of older programs do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Entrypoint>,
    /// When it ended, or when an open one was last resumed or paused; store clock.
    pub at: Timestamp,
    /// Earliest time the open one may be resumed (store clock).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// Why the open one waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<WaitReason>,
    /// The callback that it still waits for after its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<CallbackStatus>,
    /// The code with which its callback ended without having accepted the message: `410`, `gave_up`, `forbidden` or `invalid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_failed: Option<String>,
    /// The video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub videoid: Option<String>,
    /// What the object of an upload that ended holds, where the preflight could tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    /// When the video, hidden until then, is made public (store clock).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_at: Option<Timestamp>,
    /// The code of why the video could not be made public at its hour: it is hidden until a person helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_failed: Option<String>,
    /// The stable code of the failure, or of what keeps an open one from being resumed until a person helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl ListedUpload {
    /// Reads an open mark; `None` where it has gone since.
    ///
    /// # Errors
    /// Where the mark cannot be read.
    pub(super) async fn read_open(ledger: &Ledger, upload: OpenUpload) -> Result<Option<Self>, Error> {
        Ok(ledger.open_mark(&upload).await?.map(|mark| Self::from_mark(upload, mark)))
    }

    /// An open upload, as its mark in the list and the mark's content tell it.
    #[must_use]
    pub fn from_mark(upload: OpenUpload, mark: OpenMark) -> Self {
        let not_before = upload.due.map(Timestamp::from);
        let (object, account, title) = (mark.location.to_string(), mark.account, mark.title);
        let (size, entrypoint) = (mark.size, mark.entrypoint);
        let publish_at = mark.publication.as_ref().map(|hidden| hidden.at);
        match (mark.callback, mark.publication) {
            (None, Some(hidden)) => Self {
                upload_id: upload.id,
                state: StepKind::Committed.as_str().into(),
                object,
                account,
                title,
                size,
                entrypoint,
                at: hidden.ended,
                not_before,
                waiting: None,
                callback: None,
                callback_failed: None,
                videoid: hidden.video_id,
                media: None,
                publish_at,
                publish_failed: None,
                error: None,
            },
            (None, None) => Self {
                upload_id: upload.id,
                state: "open".into(),
                object,
                account,
                title,
                size,
                entrypoint,
                at: upload.marked.into(),
                not_before,
                waiting: mark.waiting,
                callback: None,
                callback_failed: None,
                videoid: None,
                media: None,
                publish_at: None,
                publish_failed: None,
                error: mark.paused,
            },
            (Some(pending), _) => Self {
                state: pending.state.clone(),
                object,
                account,
                title,
                size,
                entrypoint,
                at: pending.ended,
                not_before,
                waiting: None,
                videoid: pending.video_id.clone(),
                media: None,
                publish_at,
                publish_failed: None,
                error: pending.error.clone(),
                callback: Some(CallbackStatus::new(pending, &upload)),
                callback_failed: None,
                upload_id: upload.id,
            },
        }
    }

    /// An upload that ended, with the callback that it still waits for.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(super) async fn read_finished(
        ledger: &Ledger,
        upload_id: UploadId,
        finished: FinishedUpload,
    ) -> Result<Self, Error> {
        let callback = CallbackStatus::read_of_finished(ledger, &upload_id, &finished).await?;
        Ok(Self::from_finished(upload_id, finished, callback))
    }

    /// An upload that ended, as its entry tells it, with the callback that it still waits for.
    #[must_use]
    pub fn from_finished(
        upload_id: UploadId,
        finished: FinishedUpload,
        callback: Option<CallbackStatus>,
    ) -> Self {
        Self {
            upload_id,
            state: finished.state,
            object: finished.location.to_string(),
            account: finished.account,
            title: finished.title,
            size: finished.size,
            entrypoint: finished.entrypoint,
            at: finished.ended,
            not_before: callback.as_ref().and_then(|callback| callback.not_before),
            waiting: None,
            callback,
            callback_failed: finished.callback_failed,
            videoid: finished.video_id,
            media: finished.media,
            publish_at: finished.publish_at,
            publish_failed: finished.publish_failed,
            error: finished.error,
        }
    }
}
