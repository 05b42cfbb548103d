//! The videos that a sweep found due, until Youku is asked about them.

use crate::ledger::{OpenMark, OpenUpload, PendingMessage};
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

/// The uploads whose video Youku is asked about, by account.
#[derive(Debug, Default)]
pub struct DueVideos(pub(super) BTreeMap<String, Vec<DueVideo>>);

/// An upload whose video's event is due, or whose video's hour has come while Youku did not show it as published.
#[derive(Debug)]
pub(super) struct DueVideo {
    pub(super) upload: OpenUpload,
    pub(super) mark: OpenMark,
    pub(super) video_id: String,
    /// When the upload ended, by the store's clock, where it waits for its event.
    pub(super) ended: Option<SystemTime>,
    /// The hour that has come.
    pub(super) hour: Option<SystemTime>,
}

impl DueVideo {
    /// How long what is asked about has been waited for.
    pub(super) fn age(&self, now: SystemTime) -> Duration {
        let since = self.ended.into_iter().chain(self.hour).min();
        since.and_then(|since| now.duration_since(since).ok()).unwrap_or_default()
    }
}

impl DueVideos {
    /// Takes an upload of which nothing is due but a question about its video; gives any other back. At an hour itself the upload is given
    /// back as well, so that the video is made public then; only later looks are questions.
    pub(super) fn take(
        &mut self,
        upload: OpenUpload,
        mark: OpenMark,
        now: SystemTime,
    ) -> Option<(OpenUpload, OpenMark)> {
        let hour = mark.publication.as_ref().filter(|publication| publication.at.get() <= now);
        let is_first_look = hour.is_some_and(|hour| upload.due.is_none_or(|due| due <= hour.at.get()));
        let event = mark.callback.as_ref().filter(|callback| callback.message == PendingMessage::Event);
        let has_message = mark.callback.is_some() && event.is_none();
        let ids = event.map(|event| &event.video_id).into_iter().chain(hour.map(|hour| &hour.video_id));
        let video_id = ids.flatten().next().cloned();
        let is_waiting = upload.is_paused() || mark.paused.is_some();
        let Some(video_id) = video_id.filter(|_| !is_first_look && !has_message && !is_waiting) else {
            return Some((upload, mark));
        };
        let ended = event.map(|event| event.ended.get());
        let hour = hour.map(|hour| hour.at.get());
        let due = DueVideo { upload, video_id, ended, hour, mark };
        self.0.entry(due.mark.account.clone()).or_default().push(due);
        None
    }

    /// Leaves all but those whose hour has come to a later sweep; returns how many there were.
    pub(super) fn keep_hours(&mut self) -> usize {
        let before = self.len();
        self.0.retain(|_, videos| {
            videos.retain(|video| video.hour.is_some());
            !videos.is_empty()
        });
        before - self.len()
    }

    /// Leaves an account's videos to a later sweep; returns how many there were.
    pub(super) fn leave(&mut self, account: &str) -> usize {
        self.0.remove(account).map_or(0, |videos| videos.len())
    }

    pub(super) fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}
