//! Published videos whose review group robots report.
//!
//! The key is `watch/{id}.{n}`: the video is asked about for the `n`th time some minutes after the entry was written, by the list's times.
//! Callbacks have a schedule of their own in the upload's steps, which end when nobody waits for the video.

use super::{
    codec::{decode, encode},
    handle::Ledger,
    keys::WATCHED,
    notice::{Notice, queue},
    notice_key::NoticeName,
    store::Access,
};
use crate::{Error, NoticeEvent, UploadId};
use std::time::{Duration, SystemTime};

/// Minutes before each question; the last is repeated.
const PAUSES: [u64; 7] = [1, 2, 5, 10, 30, 60, 180];
/// The number of the question after which nobody asks any more, on the fourth day.
const LAST: u8 = 30;

/// A video that is watched.
#[derive(Debug, Clone)]
pub(crate) struct WatchedVideo {
    pub(crate) id: UploadId,
    number: u8,
    key: String,
    /// When to ask.
    pub(crate) due: SystemTime,
}

impl WatchedVideo {
    fn parse(key: &str, modified: SystemTime) -> Option<Self> {
        let (id, number) = key.strip_prefix(WATCHED)?.split_once('.')?;
        let number: u8 = number.parse().ok().filter(|_| number.len() == 2)?;
        let pause = PAUSES[usize::from(number).min(PAUSES.len() - 1)];
        let due = modified + Duration::from_secs(60 * pause);
        Some(Self { id: UploadId::parse(id)?, number, key: key.to_owned(), due })
    }
}

fn key(id: &UploadId, number: u8) -> String {
    format!("{WATCHED}{id}.{number:02}")
}

/// Whether a robot reports the review of the video of this notice.
pub(super) fn is_wanted(access: &Access, notice: &Notice) -> bool {
    let events = [NoticeEvent::VideoReady, NoticeEvent::VideoRejected];
    let wants = |event: NoticeEvent| {
        let about = notice.location.as_ref();
        access.subscribers.iter().any(|robot| robot.wants(event, &notice.account, about))
    };
    notice.event == NoticeEvent::Published && notice.video_id.is_some() && events.into_iter().any(wants)
}

/// Watches the video of a published upload.
pub(super) async fn watch(access: &Access, id: &UploadId, notice: &Notice) -> Result<(), Error> {
    access.create(&key(id, 0), encode(notice)?).await.map(drop)
}

impl Ledger {
    /// The watched videos, a page of a thousand after the other.
    pub(crate) async fn watched_videos(&self) -> Result<Vec<WatchedVideo>, Error> {
        let entries = self.access.list_entries(WATCHED, None).await?;
        let watched = entries.iter().filter_map(|listed| WatchedVideo::parse(&listed.key, listed.modified));
        Ok(watched.collect())
    }

    /// Reads what is known of a watched video; `None` if another process has decided about it.
    pub(crate) async fn watched_video(&self, video: &WatchedVideo) -> Result<Option<Notice>, Error> {
        let Some(found) = self.access.read(&video.key).await? else { return Ok(None) };
        decode(&video.key, &found.bytes).map(Some)
    }

    /// Asks again later; gives up after some days.
    pub(crate) async fn watch_on(&self, video: &WatchedVideo, notice: &Notice) -> Result<(), Error> {
        if video.number < LAST {
            self.access.write(&key(&video.id, video.number + 1), encode(notice)?).await?;
        }
        self.unwatch(video).await
    }

    /// Asks after the same pause once more: no answer came, and other videos are due too.
    pub(crate) async fn watch_again(&self, video: &WatchedVideo, notice: &Notice) -> Result<(), Error> {
        self.access.write(&video.key, encode(notice)?).await.map(drop)
    }

    /// Queues what became of a video, and watches it no more.
    pub(crate) async fn tell_of_video(&self, video: &WatchedVideo, notice: &Notice) -> Result<(), Error> {
        queue(&self.access, &NoticeName::new(notice.event, video.id.to_string()), notice).await?;
        self.unwatch(video).await
    }

    /// Watches a video no more.
    pub(crate) async fn unwatch(&self, video: &WatchedVideo) -> Result<(), Error> {
        self.access.delete(&video.key).await
    }
}
