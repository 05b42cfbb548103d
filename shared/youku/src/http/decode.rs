//! Youku's answers as types.

use super::{plain_word::keep_plain_word, response::Response};
use crate::{
    error::Error,
    types::{
        Check, CheckStatus, MAX_SLICE_LENGTH_KIB, NextSlice, OssSession, OwnVideos, Slice, SliceSession,
        TokenPair, UploadCredentials, UploadTarget, VideoInfo, VideoState, watch_page,
    },
};
use std::time::Duration;

pub(crate) fn token_pair(response: &Response) -> Result<TokenPair, Error> {
    Ok(TokenPair {
        access_token: response.secret("access_token")?,
        refresh_token: response.secret("refresh_token")?,
        expires_in: lifetime(response),
    })
}

/// The lifetime in whole seconds; zero where the answer states none that can be read. The refresh token is spent by then: nothing but a
/// missing token makes the new pair unusable.
fn lifetime(response: &Response) -> Duration {
    let seconds = response.decimal("expires_in").map_or(0.0, f64::trunc);
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// Fresh credentials name no place of their own: they are for the bucket and object they were asked for.
pub(crate) fn upload_credentials(
    response: &Response,
    bucket: String,
    object: String,
) -> Result<UploadCredentials, Error> {
    let expires: jiff::Timestamp =
        response.text("expire_time")?.parse().map_err(|_| response.malformed("expire_time"))?;
    Ok(UploadCredentials {
        target: UploadTarget { endpoint: response.text("endpoint")?, bucket, object },
        access_key_id: response.text("temp_access_id")?,
        access_key_secret: response.secret("temp_access_secret")?,
        security_token: response.secret("security_token")?,
        expires: response.to_local_time(expires.into()),
    })
}

pub(crate) fn oss_session(response: &Response) -> Result<OssSession, Error> {
    let bucket = response.text("oss_bucket")?;
    let object = response.text("oss_object")?;
    Ok(OssSession {
        upload_token: response.secret("upload_token")?,
        video_id: response.optional_text("video_id"),
        credentials: upload_credentials(response, bucket, object)?,
        already_stored: response.flag("instant_upload_ok"),
    })
}

pub(crate) fn slice_session(response: &Response) -> Result<SliceSession, Error> {
    Ok(SliceSession {
        upload_token: response.secret("upload_token")?,
        upload_server_uri: response.text("upload_server_uri")?,
        video_id: response.optional_text("video_id"),
        already_stored: response.flag("instant_upload_ok"),
    })
}

pub(crate) fn next_slice(response: &Response) -> Result<NextSlice, Error> {
    let slice = Slice {
        id: response.number("slice_task_id")?,
        offset: response.number("offset")?,
        length: response.number("length")?,
    };
    // A slice is held in memory, so its length is not taken on trust.
    let longest = u64::from(MAX_SLICE_LENGTH_KIB) * 1024;
    if slice.length > longest || slice.offset.checked_add(slice.length).is_none() {
        return Err(response.malformed("length"));
    }
    // Number 0 with length 0 says that there is none to hand out now.
    let is_one = slice.id != 0 || slice.length != 0;
    Ok(NextSlice {
        slice: is_one.then_some(slice),
        transferred: response.number("transferred").unwrap_or(0),
        finished: response.flag("finished"),
    })
}

pub(crate) fn check(response: &Response) -> Result<Check, Error> {
    Ok(Check {
        status: match response.number("status")? {
            1 => CheckStatus::Written,
            2 => CheckStatus::Transferring,
            3 => CheckStatus::Writing,
            4 => CheckStatus::SlicesLeft,
            _ => return Err(response.malformed("status")),
        },
        upload_server_ip: response.optional_text("upload_server_ip"),
        transferred_percent: response.decimal("transferred_percent"),
        confirmed_percent: response.decimal("confirmed_percent"),
        empty_tasks: response.number("empty_tasks").ok(),
        finished: response.flag("finished"),
    })
}

/// `None` when the answer describes no video.
pub(crate) fn video_info(response: &Response) -> Option<VideoInfo> {
    let id = response.optional_text("id")?;
    let word = response.optional_text("state").unwrap_or_default();
    let state = match word.as_str() {
        "normal" => VideoState::Normal,
        "encoding" => VideoState::Encoding,
        "fail" => VideoState::Failed,
        "in_review" => VideoState::InReview,
        "limited" => VideoState::Limited,
        "blocked" => VideoState::Blocked,
        "none" => VideoState::Absent,
        _ => VideoState::Other,
    };
    Some(VideoInfo {
        title: response.optional_text("title"),
        link: response.optional_text("link").unwrap_or_else(|| watch_page(&id)),
        unlisted_state: keep_plain_word(&word).filter(|_| state == VideoState::Other),
        public_type: response.optional_text("public_type"),
        tags: response.optional_text("tags"),
        category: response.optional_text("category"),
        description: response.optional_text("description"),
        state,
        id,
    })
}

/// The videos of a list; entries that describe none are passed over.
pub(crate) fn videos(response: &Response) -> Result<Vec<VideoInfo>, Error> {
    Ok(response.list("videos")?.iter().filter_map(video_info).collect())
}

/// A page of a list that was asked for with this number, from 1, and this many videos. Its own `page` and `count` win.
pub(crate) fn own_videos(response: &Response, page: u64, count: u64) -> Result<OwnVideos, Error> {
    let entries = response.list("videos")?;
    let number = |name, asked| response.number(name).ok().filter(|number| *number > 0).unwrap_or(asked);
    let (page, count) = (number("page", page), number("count", count));
    let total = response.number("total").ok();
    // Without a total a page that is not full is the last.
    let is_full = entries.len() as u64 >= count;
    let more = total.map_or(is_full, |total| page.saturating_mul(count) < total);
    let videos = entries.iter().filter_map(video_info).collect();
    Ok(OwnVideos { videos, total, is_last: entries.is_empty() || !more })
}
