//! How a delivered event ended.

use bytes::Bytes;
use local_clouds::{
    fc::{AsyncOutcome, AsyncState},
    youku::VideoView,
};
use serde_json::Value;

/// How one event ended.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) state: AsyncState,
    pub(crate) attempts: u32,
    pub(crate) error_type: Option<String>,
    pub(crate) body: Value,
}

impl From<AsyncOutcome> for Delivery {
    fn from(outcome: AsyncOutcome) -> Self {
        Self {
            state: outcome.state,
            attempts: outcome.attempts,
            error_type: outcome.result.error_type,
            body: serde_json::from_slice(&outcome.result.body).unwrap_or_default(),
        }
    }
}

impl Delivery {
    /// The result of the event's one record.
    pub(crate) fn result(&self) -> &Value {
        &self.body["results"][0]
    }
}

/// Asserts that exactly one video has that title, that it was committed once, and that it has exactly these bytes. `log` explains a
/// missing video.
pub(crate) fn assert_one_video(
    videos: Vec<VideoView>,
    title: &str,
    bytes: &Bytes,
    log: impl FnOnce() -> String,
) -> VideoView {
    let mut videos = videos.into_iter().filter(|video| video.title == title);
    let video = videos.next().unwrap_or_else(|| panic!("{title} is not published: {}", log()));
    assert_eq!(videos.next(), None, "{title} is published once");
    let expected = (bytes.len() as u64, Some(super::md5_hex(bytes)), 1);
    assert_eq!((video.size, video.md5.clone(), video.commits), expected, "{title}");
    video
}
