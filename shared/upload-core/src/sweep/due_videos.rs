//! The videos that a sweep found due, until Youku is asked about them.

use crate::ledger::{OpenMark, OpenUpload, PendingMessage};
use std::{collections::BTreeMap, time::SystemTime};

/// The uploads whose video's event is due, by account.
#[derive(Debug, Default)]
pub struct DueVideos(pub(super) BTreeMap<String, Vec<DueVideo>>);

/// An upload whose video's event is due.
#[derive(Debug)]
pub(super) struct DueVideo {
    pub(super) upload: OpenUpload,
    pub(super) mark: OpenMark,
    pub(super) video_id: String,
    /// When the upload ended, by the store's clock.
    pub(super) ended: SystemTime,
}

impl DueVideos {
    /// Takes an upload for which its video's event is due and nothing else; gives any other back.
    pub(super) fn take(
        &mut self,
        upload: OpenUpload,
        mark: OpenMark,
        now: SystemTime,
    ) -> Option<(OpenUpload, OpenMark)> {
        let is_hour_due = mark.publication.as_ref().is_some_and(|publication| publication.at.get() <= now);
        let event = mark.callback.as_ref().filter(|callback| callback.message == PendingMessage::Event);
        let video = event.and_then(|callback| Some((callback.video_id.clone()?, callback.ended.get())));
        let Some((video_id, ended)) =
            video.filter(|_| !is_hour_due && !upload.is_paused() && mark.paused.is_none())
        else {
            return Some((upload, mark));
        };
        let due = DueVideo { upload, video_id, ended, mark };
        self.0.entry(due.mark.account.clone()).or_default().push(due);
        None
    }

    /// Leaves an account's videos to a later sweep; returns how many there were.
    pub(super) fn leave(&mut self, account: &str) -> usize {
        self.0.remove(account).map_or(0, |videos| videos.len())
    }

    pub(super) fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}
