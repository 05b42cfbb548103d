//! Lists of uploads: what is open, and how the latest ended.

use crate::{App, Credentials};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use std::fmt;
use upload_core::{
    Error, RetryAdvice, UploadError as _, UploadId,
    ledger::{FinishedKey, FinishedUpload, Ledger, OpenUpload, Timestamp},
};

/// Open marks that are read at once.
const READS: usize = 8;

/// Which uploads are wanted.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Only these; absent: the open ones, then those that ended.
    pub state: Option<ListState>,
    /// At most so many, 1 to 1,000.
    pub limit: usize,
    /// Those behind this.
    pub after: Option<PageToken>,
}

/// A part of all uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListState {
    /// Something is left to do, if only a callback.
    Open,
    /// They ended in the last 30 days, the latest first.
    Finished,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageToken {
    /// Behind this open upload.
    Open(UploadId),
    /// Behind this end, or with the latest.
    Finished(Option<FinishedKey>),
}

/// Text of [`After::Finished`] without a key.
const FINISHED: &str = "finished";

impl PageToken {
    /// A place as it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == FINISHED {
            return Some(Self::Finished(None));
        }
        let open = UploadId::parse(text).map(Self::Open);
        open.or_else(|| FinishedKey::parse(text).map(|key| Self::Finished(Some(key))))
    }

    /// The part of the list that it lies in.
    #[must_use]
    pub fn state(&self) -> ListState {
        match self {
            Self::Open(_) => ListState::Open,
            Self::Finished(_) => ListState::Finished,
        }
    }
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(id) => write!(f, "{id}"),
            Self::Finished(Some(key)) => write!(f, "{key}"),
            Self::Finished(None) => f.write_str(FINISHED),
        }
    }
}

/// A page of uploads.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct UploadList {
    /// Open ones in the order of their ids, ended ones with the latest first.
    pub uploads: Vec<ListedUpload>,
    /// What stands among the open ones and cannot be read: the rest is listed all the same.
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
    fn from_error(error: &Error) -> Self {
        Self { error: error.kind().code(), message: error.sentence().into_owned(), detail: error.to_string() }
    }
}

/// One upload in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedUpload {
    /// The upload.
    pub upload_id: UploadId,
    /// `open`, or how it ended at the time of `at`: `committed`, `failed` or `cancelled`.
    pub state: String,
    /// Where the object lies, such as `oss://bucket/key`.
    pub object: String,
    /// The account.
    pub account: String,
    /// When it ended, or, of an open one, when it was last taken up or put aside; by the store's clock.
    pub at: Timestamp,
    /// Nobody takes the open one up before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub videoid: Option<String>,
    /// The stable code of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl App {
    /// A page of uploads: one list of the ledger, or two where the open ones end in it, and one read an upload. Open ones whose mark cannot be
    /// read are troubles beside them.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn list(
        &self,
        query: &ListQuery,
        credentials: Option<Credentials>,
    ) -> Result<UploadList, Error> {
        let ledger = self.ledger(credentials).await?;
        let mut list = UploadList::default();
        let ended_behind = match (&query.after, query.state) {
            (Some(PageToken::Finished(key)), _) => key.clone(),
            (None, Some(ListState::Finished)) => None,
            (after, state) => {
                let after = after.as_ref().and_then(PageToken::open);
                let marks = ledger.open_marks(after, query.limit).await?;
                list.troubles = marks.foreign.iter().map(ListError::from_error).collect();
                let mut read =
                    stream::iter(marks.uploads).map(|upload| open(&ledger, upload)).buffered(READS);
                while let Some(read) = read.next().await {
                    match read {
                        Ok(open) => list.uploads.extend(open),
                        // One damaged mark hides no other.
                        Err(error) if error.advice() == RetryAdvice::Permanent => {
                            list.troubles.push(ListError::from_error(&error));
                        }
                        Err(error) => return Err(error),
                    }
                }
                let next = match marks.next {
                    Some(next) => Some(PageToken::Open(next)),
                    None if state.is_none() && list.uploads.len() >= query.limit => {
                        Some(PageToken::Finished(None))
                    }
                    None => None,
                };
                if next.is_some() || state.is_some() {
                    list.next = next.map(|next| next.to_string());
                    return Ok(list);
                }
                None
            }
        };
        let ended = ledger.finished_uploads(ended_behind.as_ref(), query.limit - list.uploads.len()).await?;
        list.uploads
            .extend(ended.uploads.into_iter().map(|(id, recent)| ListedUpload::from_finished(id, recent)));
        list.next = ended.next.map(|key| key.to_string());
        Ok(list)
    }
}

impl PageToken {
    fn open(&self) -> Option<&UploadId> {
        match self {
            Self::Open(id) => Some(id),
            Self::Finished(_) => None,
        }
    }
}

/// What an open mark says; `None` where it has gone away since.
async fn open(ledger: &Ledger, upload: OpenUpload) -> Result<Option<ListedUpload>, Error> {
    Ok(ledger.open_mark(&upload).await?.map(|mark| ListedUpload {
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

impl ListedUpload {
    fn from_finished(upload_id: UploadId, recent: FinishedUpload) -> Self {
        Self {
            upload_id,
            state: recent.state,
            object: recent.location.to_string(),
            account: recent.account,
            at: recent.ended,
            not_before: None,
            videoid: recent.video_id,
            error: recent.error,
        }
    }
}
