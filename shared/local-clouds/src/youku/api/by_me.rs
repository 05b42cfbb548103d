//! `videos/by_me`: the account's own videos, in pages.

use std::cmp::Reverse;
use std::time::SystemTime;

use http::StatusCode;
use serde_json::{Value, json};

use crate::youku::error::ApiError;
use crate::youku::params::Params;
use crate::youku::state::{ApiResult, State, YoukuService};
use crate::youku::video::{GONE, number_json, show_json};

const PAGE_SIZE: usize = 20;

/// The orders that the call knows. No video is ever watched here, so that all of them are the newest first.
const ORDERS: [&str; 4] = ["published", "view-count", "comment-count", "favorite-count"];

/// The state of what was never committed.
const NONE: &str = "none";

impl YoukuService {
    /// Lists one page. `last_item` is ignored, as nobody knows what it does.
    pub(crate) fn by_me(&self, params: &Params) -> ApiResult {
        let client = self.authorize(params)?;
        if params.get("orderby").is_some_and(|order| !ORDERS.contains(&order)) {
            return Err(ApiError::parameter("orderby", "is none of the known values"));
        }
        let (page, count) = (params.positive("page", 1)?, params.positive("count", PAGE_SIZE)?);
        let account = self.account_name(&client);
        let mut state = self.state();
        let count = count.min(state.switches.max_page_size);
        let ids = state.list_own(&client, &account);
        let first = (page - 1).saturating_mul(count);
        if page > 1 && first >= ids.len() {
            return Err(ApiError::beyond_the_end());
        }
        let now = SystemTime::now();
        let videos: Vec<Value> =
            ids.iter().skip(first).take(count).filter_map(|id| state.list_own_video(id, now)).collect();
        let number = |number| number_json(number, &state.switches);
        let answer = json!({
            "total": number(ids.len()),
            "page": number(page),
            "count": number(count),
            "videos": videos,
        });
        Ok((StatusCode::OK, answer))
    }
}

impl State {
    /// The ids of an account's videos in every state, the newest first.
    fn list_own(&self, client: &str, account: &str) -> Vec<String> {
        let own = |video: &&crate::youku::video::Video| {
            video.account == account && video.state.as_deref() != Some(GONE)
        };
        let mut videos: Vec<_> = self.videos.values().filter(own).collect();
        videos.sort_by_key(|video| Reverse(video.committed_at));
        let open = |session: &&crate::youku::session::Session| {
            session.client_id == client && !session.committed && self.switches.by_me_lists_uncommitted
        };
        let mut sessions: Vec<_> = self.sessions.values().filter(open).collect();
        sessions.sort_by_key(|session| Reverse(session.number));
        let open = sessions.into_iter().map(|session| session.video_id.clone());
        open.chain(videos.into_iter().map(|video| video.id.clone())).collect()
    }

    fn list_own_video(&mut self, id: &str, now: SystemTime) -> Option<Value> {
        if self.videos.contains_key(id) {
            return self.list_video(id, now);
        }
        let session = self.sessions.values().find(|session| session.video_id == id)?;
        Some(show_json(id, &session.metadata, NONE, &self.switches))
    }
}
