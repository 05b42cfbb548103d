//! `videos/show` and `users/myinfo`.

use std::time::SystemTime;

use http::StatusCode;
use serde_json::json;

use crate::youku::error::ApiError;
use crate::youku::params::Params;
use crate::youku::state::{ApiResult, YoukuService};
use crate::youku::video;

impl YoukuService {
    pub(crate) fn show(&self, params: &Params) -> ApiResult {
        self.identify_client(params)?;
        let id = params.require("video_id")?;
        let mut state = self.state();
        let switches = state.switches.clone();
        if let Some(video) = state.videos.get_mut(id) {
            video.shows = video.shows.saturating_add(1);
            let now = video.state(&switches, SystemTime::now());
            if now == video::GONE {
                return Err(ApiError::no_such_video());
            }
            return Ok((StatusCode::OK, video::show_json(id, &video.metadata, &now)));
        }
        let known = state.sessions.values().find(|session| session.video_id == id);
        match known.zip(switches.uncommitted_state) {
            Some((session, state)) => Ok((StatusCode::OK, video::show_json(id, &session.metadata, &state))),
            None => Err(ApiError::no_such_video()),
        }
    }

    /// Answers the user of an access token; the id is a number, as in real answers.
    pub(crate) fn my_info(&self, params: &Params) -> ApiResult {
        self.authorize(params)?;
        let user = self.state().tokens.user_id(params.require("access_token")?);
        let (id, link) = (user, format!("http://i.youku.com/u/{user}"));
        Ok((StatusCode::OK, json!({"id": id, "name": format!("user-{user}"), "link": link})))
    }
}
