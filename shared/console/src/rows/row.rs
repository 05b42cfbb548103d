//! One upload as a row.

use super::{
    state::{RowState, Standing},
    word::Word,
};
use app::{
    CallbackStatus, ListedUpload,
    core::{
        Entrypoint, Media, UploadId,
        ledger::{Record, Timestamp, WaitReason},
        watch_page,
    },
};
use serde::Serialize;

/// One upload as the page lists it. Its JSON form is what the page reads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Row {
    /// The upload.
    pub(crate) upload_id: UploadId,
    /// Where it stands.
    pub(crate) state: RowState,
    /// The HTTP API's word for its state.
    pub(crate) ledger_state: String,
    /// The video's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// The last part of the object's key.
    pub(crate) file: String,
    /// Where the object lies, such as `oss://bucket/key`.
    pub(crate) object: String,
    /// Bytes of the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
    /// What its container states, where the preflight has read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) media: Option<Media>,
    /// The account.
    pub(crate) account: String,
    /// How it was asked for; uploads of older programs do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) entrypoint: Option<Word<Entrypoint>>,
    /// Bytes that its target holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) moved: Option<u64>,
    /// Bytes per second, lately.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rate: Option<u64>,
    /// When it was first claimed (store clock).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) begun: Option<Timestamp>,
    /// When it was first claimed or last reopened (store clock).
    #[serde(skip)]
    pub(crate) opened: Option<Timestamp>,
    /// When it ended, or, of an open one, when it last took a step or was marked (store clock).
    pub(crate) at: Timestamp,
    /// Earliest time it is resumed, or its callback sent again (store clock).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_before: Option<Timestamp>,
    /// Why it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) waiting: Option<Word<WaitReason>>,
    /// The stable code of its failure, or of what keeps it from being read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// The video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) videoid: Option<String>,
    /// The page where it can be watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
    /// The callback that it still waits for after its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) callback: Option<CallbackStatus>,
    /// The code with which its callback ended without having accepted the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) callback_failed: Option<String>,
}

/// What is known of an open upload besides its record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Activity {
    /// A holder works on it.
    pub(crate) is_held: bool,
    /// Bytes that its target holds.
    pub(crate) moved: Option<u64>,
    /// Bytes per second, lately.
    pub(crate) rate: Option<u64>,
    /// When it was last marked.
    pub(crate) marked: Option<Timestamp>,
    /// Earliest time it is resumed, by its mark.
    pub(crate) due: Option<Timestamp>,
    /// The stable code of the error for which it is paused, by its mark.
    pub(crate) paused: Option<String>,
    /// The callback that it still waits for after its end.
    pub(crate) callback: Option<CallbackStatus>,
}

/// The word of a list for an upload that has not ended.
const OPEN: &str = "open";

impl Row {
    /// The row of an upload of which only what a list says is known; `is_carried` where its file is local to a user's machine.
    pub(crate) fn from_listed(listed: ListedUpload, is_held: bool, is_carried: bool) -> Self {
        let standing = Standing {
            is_held,
            waits_for: listed.waiting,
            is_postponed: listed.not_before.is_some(),
            is_paused: listed.state == OPEN && listed.error.is_some(),
            is_carried,
            callback: listed.callback.as_ref(),
            is_hour_failed: listed.publish_failed.is_some(),
            is_hidden: listed.publish_at.is_some(),
        };
        Self {
            state: RowState::from_listed(&listed.state, &standing),
            upload_id: listed.upload_id,
            ledger_state: listed.state,
            title: listed.title,
            file: name_file(&listed.object),
            object: listed.object,
            size: listed.size,
            media: listed.media,
            account: listed.account,
            entrypoint: listed.entrypoint.map(Word::Known),
            moved: None,
            rate: None,
            begun: None,
            opened: None,
            at: listed.at,
            not_before: listed.not_before,
            waiting: listed.waiting.map(Word::Known),
            error: listed.error,
            link: listed.videoid.as_deref().map(watch_page),
            videoid: listed.videoid,
            callback: listed.callback,
            callback_failed: listed.callback_failed,
        }
    }

    /// Whether more is to come before it is a video, or ends without one.
    pub(crate) fn is_open(&self) -> bool {
        use RowState::{Hashing, NeedsYou, Queued, Uploading, Waiting};
        let has_ended =
            matches!(self.ledger_state.as_str(), "committed" | "notified" | "failed" | "cancelled");
        matches!(self.state, NeedsYou | Queued | Hashing | Uploading | Waiting) && !has_ended
    }

    /// The same row of an open upload, by what the HTTP API says of its state; `is_carried` where its file is local to a user's machine.
    pub(crate) fn with_status(
        self,
        word: &str,
        is_held: bool,
        is_carried: bool,
        waiting: Option<Word<WaitReason>>,
    ) -> Self {
        let standing = Standing {
            is_held,
            waits_for: waiting.as_ref().and_then(Word::known),
            // What a newer program waits for is waited for all the same.
            is_postponed: self.not_before.is_some() || waiting.is_some(),
            is_paused: self.error.is_some(),
            is_carried,
            callback: self.callback.as_ref(),
            ..Standing::default()
        };
        let state = match self.ledger_state.as_str() {
            "open" => RowState::from_word(word, &standing),
            // It ended, and only its callback is left.
            _ => self.state,
        };
        Self { state, ledger_state: word.into(), waiting, ..self }
    }

    /// The same row of an upload that waits for what only a newer program knows.
    pub(crate) fn waiting_for(self, reason: Word<WaitReason>) -> Self {
        let state = if self.state == RowState::Queued { RowState::Waiting } else { self.state };
        Self { state, waiting: Some(reason), ..self }
    }

    /// The row of an upload whose record was read.
    pub(crate) fn from_record(record: &Record, activity: Activity) -> Self {
        let request = &record.request;
        let has_ended = record.state.has_ended();
        let waits_for = record.waiting.map(|waiting| waiting.reason).filter(|_| !has_ended);
        let standing = Standing {
            is_held: activity.is_held,
            waits_for,
            is_postponed: activity.due.is_some(),
            is_paused: activity.paused.is_some(),
            is_carried: request.location.is_carried(),
            callback: activity.callback.as_ref(),
            is_hour_failed: record.failed_publication().is_some(),
            is_hidden: record.pending_publication().is_some(),
        };
        let (first, last) = (record.history.first(), record.history.last());
        let ended = record.end().map(|end| end.at);
        let last = last.map(|last| last.at).max(activity.marked.filter(|_| !has_ended));
        let until = record.waiting.and_then(|waiting| waiting.not_before).filter(|_| !has_ended);
        let has_video = record.state.is_published();
        let videoid = record.video_id.clone().filter(|_| has_video);
        Self {
            upload_id: record.id.clone(),
            state: RowState::from_state(record.state, &standing),
            ledger_state: record.state.as_str().into(),
            title: Some(request.title()),
            file: request.location.file_name().into(),
            object: request.location.to_string(),
            size: Some(request.object.size),
            media: record.media().cloned(),
            account: request.account.clone(),
            entrypoint: request.entrypoint.map(Word::Known),
            moved: activity.moved,
            rate: activity.rate.filter(|_| activity.is_held),
            begun: first.map(|first| first.at),
            opened: record.opened(),
            at: ended.or(last).unwrap_or_else(|| std::time::UNIX_EPOCH.into()),
            not_before: until.or(activity.due),
            waiting: waits_for.map(Word::Known),
            error: match &record.failure {
                Some(failure) if has_ended => Some(failure.code.clone()),
                _ => activity.paused.filter(|_| !has_ended),
            },
            link: videoid.as_deref().map(watch_page),
            videoid,
            callback: activity.callback,
            callback_failed: record.failed_callback().map(str::to_owned),
        }
    }

    /// What rows of one rank are sorted by: what ended by its end, the rest by its beginning, which does not change while it moves.
    pub(super) fn sort_time(&self) -> Timestamp {
        if self.state.rank() == RowState::Published.rank() { self.at } else { self.begun.unwrap_or(self.at) }
    }
}

fn name_file(object: &str) -> String {
    object.rsplit('/').next().unwrap_or(object).to_owned()
}
