//! Videos as Youku shows them.

/// What became of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VideoState {
    /// Published.
    Normal,
    /// Being encoded.
    Encoding,
    /// Encoding or review ended badly.
    Failed,
    /// Waiting for review.
    InReview,
    /// Published with restrictions.
    Limited,
    /// Taken down or shielded: it was published once.
    Blocked,
    /// Youku's word `none`, which nobody documents: perhaps an upload that was never committed.
    Absent,
    /// A state that the documentation does not list; see [`VideoInfo::unlisted_state`].
    Other,
}

/// A video as Youku shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoInfo {
    /// Youku's id.
    pub id: String,
    /// Title.
    pub title: Option<String>,
    /// Watch page.
    pub link: String,
    /// What became of it.
    pub state: VideoState,
    /// Youku's word for [`VideoState::Other`], where it is a plain word.
    pub unlisted_state: Option<String>,
    /// Who may watch it: `all`, `friend`, `password` or, as Youku alone sets it, `private`.
    pub public_type: Option<String>,
    /// Tags as Youku joins them.
    pub tags: Option<String>,
    /// Category, by Youku's name of it.
    pub category: Option<String>,
    /// Description.
    pub description: Option<String>,
}

impl VideoInfo {
    /// Youku's word for its state; `other` where that is no plain word.
    #[must_use]
    pub fn state_word(&self) -> &str {
        match self.state {
            VideoState::Normal => "normal",
            VideoState::Encoding => "encoding",
            VideoState::Failed => "fail",
            VideoState::InReview => "in_review",
            VideoState::Limited => "limited",
            VideoState::Blocked => "blocked",
            VideoState::Absent => "none",
            VideoState::Other => self.unlisted_state.as_deref().unwrap_or("other"),
        }
    }
}

/// A page of an account's own videos.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnVideos {
    /// The videos, in every state, the newest first.
    pub videos: Vec<VideoInfo>,
    /// How many there are on all pages, where Youku says it.
    pub total: Option<u64>,
    /// Whether no page follows.
    pub is_last: bool,
}

/// The watch page of a video.
#[must_use]
pub fn watch_page(video_id: &str) -> String {
    format!("https://v.youku.com/v_show/id_{video_id}.html")
}
