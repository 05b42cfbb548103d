//! Listing the videos of an account at Youku.

use super::VideoStatus;
use crate::application::App;
use futures_util::{StreamExt, TryStreamExt, future::BoxFuture, stream};
use object_storage::Credentials;
use serde::Serialize;
use upload_core::{Error, ErrorKind, UploadId, ledger::Ledger};

/// Videos on a page.
const PAGE: u64 = 50;
/// Most entries of the list of finished uploads in which the uploads of listed videos are looked for.
const RECENT: usize = 100;
/// Entries of it that are read at a time.
const READS: usize = 8;

/// A page of an account's videos.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VideoList {
    /// The videos, in every state, the newest first.
    pub videos: Vec<VideoStatus>,
    /// The next page's number; `None` on the last.
    pub next: Option<u64>,
}

impl App {
    /// Asks Youku for a page, from 1, of an account's own videos; one call. Those that were uploaded lately are shown with their upload.
    ///
    /// # Errors
    /// As [`account_for`](Self::account_for); [`Youku`](ErrorKind::Youku) where no host of Youku's has the call; Youku's and the ledger's.
    pub fn list_videos<'a>(
        &'a self,
        account: Option<&'a str>,
        page: u64,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<VideoList, Error>> {
        Box::pin(async move {
            let account = self.only_account(account)?;
            let ledger = self.ledger(credentials).await?;
            let youku = self.youku(&account, &ledger)?;
            let listed = self.transfer.retry.retry(|| youku.own_videos(page, PAGE)).await?;
            let listed = listed.ok_or_else(|| {
                Error::new(ErrorKind::Youku, "by_me", "no host of Youku's lists an account's videos")
            })?;
            let known = recent_videos(&ledger).await?;
            let find = |video_id: &str| {
                known.iter().find(|(known, _)| known == video_id).map(|(_, upload)| upload.clone())
            };
            let videos = listed.videos.iter();
            let videos = videos.map(|shown| VideoStatus::from_listed(&account, shown, find(&shown.id)));
            Ok(VideoList { videos: videos.collect(), next: (!listed.is_last).then_some(page + 1) })
        })
    }
}

/// The videos of the latest finished uploads.
async fn recent_videos(ledger: &Ledger) -> Result<Vec<(String, UploadId)>, Error> {
    let keys = ledger.finished_keys(None, RECENT).await?.keys;
    let reading = stream::iter(keys).map(|key| async move {
        let finished = ledger.finished_upload(&key).await?;
        Ok::<_, Error>(finished.and_then(|finished| Some((finished.video_id?, key.id().clone()))))
    });
    reading.buffered(READS).try_filter_map(async |found| Ok(found)).try_collect().await
}
