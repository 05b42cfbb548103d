//! A list of uploads: what is asked, and a page of it.

use super::page_token::{ListState, PageToken};
use serde::Serialize;
use upload_core::{
    Error, UploadError as _, UploadId,
    ledger::{FinishedUpload, Ledger, OpenUpload, Timestamp},
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
    /// Open ones in the order of their ids, ended ones with the latest first.
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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedUpload {
    /// The upload.
    pub upload_id: UploadId,
    /// `open`, or how it ended at `at`: `committed`, `failed` or `cancelled`.
    pub state: String,
    /// Where the object lies, such as `oss://bucket/key`.
    pub object: String,
    /// The account.
    pub account: String,
    /// When it ended, or when an open one was last resumed or paused; store clock.
    pub at: Timestamp,
    /// Earliest time the open one may be resumed (store clock).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub videoid: Option<String>,
    /// The stable code of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl ListedUpload {
    /// Reads an open mark; `None` where it has gone since.
    ///
    /// # Errors
    /// Where the mark cannot be read.
    pub(super) async fn read_open(ledger: &Ledger, upload: OpenUpload) -> Result<Option<Self>, Error> {
        Ok(ledger.open_mark(&upload).await?.map(|mark| Self {
            upload_id: upload.id,
            state: "open".into(),
            object: mark.location.to_string(),
            account: mark.account,
            at: upload.marked.into(),
            not_before: upload.due.map(Timestamp::from),
            videoid: None,
            error: None,
        }))
    }

    /// An upload that ended.
    pub(super) fn from_finished(upload_id: UploadId, finished: FinishedUpload) -> Self {
        Self {
            upload_id,
            state: finished.state,
            object: finished.location.to_string(),
            account: finished.account,
            at: finished.ended,
            not_before: None,
            videoid: finished.video_id,
            error: finished.error,
        }
    }
}
