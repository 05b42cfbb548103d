//! The calls about videos that are there.

use crate::{
    client::Client,
    error::{Error, ErrorKind},
    hosts::{HostedCall, is_missing},
    http::decode,
    types::{OwnVideos, VideoEdit, VideoInfo},
};
use http::Method;

/// Between the ids of one field (management sheet, common to all v2 calls).
const ID_SEPARATOR: &str = ",";

/// Youku's code for a page beyond the end of a list (management sheet, common to all v2 calls).
const BEYOND_THE_END: i64 = 120_040_101;

/// Videos on a page of the account's own; clients used 50 and 100, and the most that Youku takes is not documented.
const PAGE: u64 = 50;

/// Pages in which one video is looked for: it was created lately, and the newest come first.
const PAGES: u64 = 4;

impl Client {
    /// Asks about a video; `None` when Youku does not know the id. Whether it knows a video before its commit is not documented.
    ///
    /// # Errors
    /// Any kind but `Invalid` and `NotFound`.
    pub async fn show(&self, video_id: &str) -> Result<Option<VideoInfo>, Error> {
        let query = [("client_id", self.client_id()), ("video_id", video_id)];
        match self.call_hosted(HostedCall::Show, Method::GET, &query).await {
            Ok(answer) => Ok(decode::video_info(&answer)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks about several videos in one call, and answers those that Youku knows; `None` where no host has the call. How many ids it takes
    /// is not documented.
    ///
    /// # Errors
    /// Any kind but `Invalid`; `Refused` also where there are too many ids.
    pub async fn show_batch(&self, video_ids: &[String]) -> Result<Option<Vec<VideoInfo>>, Error> {
        let ids = video_ids.join(ID_SEPARATOR);
        let query = [("client_id", self.client_id()), ("video_ids", &ids)];
        match self.call_hosted(HostedCall::ShowBatch, Method::GET, &query).await {
            Ok(answer) => decode::videos(&answer).map(Some),
            // Youku may say of a batch whose videos are all unknown what it says of one.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(Vec::new())),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lists one page of the account's own videos, in every state; pages count from 1. `None` where no host has the call.
    ///
    /// # Errors
    /// Any kind but `Invalid`.
    pub async fn own_videos(&self, page: u64, count: u64) -> Result<Option<OwnVideos>, Error> {
        let (number, size) = (page.to_string(), count.to_string());
        let mut query = self.account().to_vec();
        query.extend([("orderby", "published"), ("page", &number), ("count", &size)]);
        match self.call_hosted(HostedCall::ByMe, Method::GET, &query).await {
            Ok(answer) => decode::own_videos(&answer, page, count).map(Some),
            Err(error) if error.details().code == Some(BEYOND_THE_END) => {
                Ok(Some(OwnVideos { is_last: true, ..OwnVideos::default() }))
            }
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Looks for a video by its id among the account's newest, in 4 pages of 50 at most; `None` where it is not there, or no host has the
    /// call.
    ///
    /// # Errors
    /// Any kind but `Invalid`.
    pub async fn find_own(&self, video_id: &str) -> Result<Option<VideoInfo>, Error> {
        for page in 1..=PAGES {
            let Some(own) = self.own_videos(page, PAGE).await? else { return Ok(None) };
            let found = own.videos.into_iter().find(|video| video.id == video_id);
            if found.is_some() || own.is_last {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Changes a video of the account's. Fields that the edit does not state stay as they are.
    ///
    /// # Errors
    /// Any kind but `Invalid`; `NotFound` where Youku knows no such video. After a lost answer the change may have been made.
    pub async fn update(&self, video_id: &str, edit: &VideoEdit) -> Result<(), Error> {
        let changed = edit.metadata().to_parameters();
        let mut form = self.account().to_vec();
        form.push(("video_id", video_id));
        form.extend(changed.iter().map(|(name, value)| (*name, value.as_str())));
        self.call_hosted(HostedCall::Update, Method::POST, &form).await?.text("id").map(drop)
    }

    /// Removes a video of the account's, for good. Only a rehearsal does, with what it made itself.
    ///
    /// # Errors
    /// Any kind but `Invalid`; `NotFound` where Youku knows no such video. After a lost answer, and after code 1002 (management sheet, common
    /// to all v2 calls), the video may be gone all the same: ask [`show`](Self::show).
    pub async fn destroy(&self, video_id: &str) -> Result<(), Error> {
        let mut form = self.account().to_vec();
        form.push(("video_id", video_id));
        self.call_hosted(HostedCall::Destroy, Method::POST, &form).await?.text("id").map(drop)
    }
}
