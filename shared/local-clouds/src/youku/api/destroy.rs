//! `videos/destroy`: removes a video.

use std::collections::BTreeMap;
use std::time::SystemTime;

use http::StatusCode;
use serde_json::json;

use crate::youku::change::Change;
use crate::youku::error::ApiError;
use crate::youku::params::Params;
use crate::youku::state::{ApiResult, YoukuService};
use crate::youku::video::GONE;

impl YoukuService {
    /// Removes a video: every call says from then on that it does not exist. Its bytes stay on disk.
    pub(crate) fn destroy(&self, params: &Params) -> ApiResult {
        let account = self.account_name(&self.authorize(params)?);
        let id = params.require("video_id")?;
        let (mut state, now) = (self.state(), SystemTime::now());
        let answers_1002 = state.switches.change_answers_1002;
        let video = state.find_own(id, &account, now)?;
        video.state = Some(GONE.to_owned());
        video.changes.push(Change::new(now, "destroy", BTreeMap::new()));
        self.0.disk.save_video(video).map_err(|_| ApiError::unavailable())?;
        if answers_1002 { Err(ApiError::system_error()) } else { Ok((StatusCode::OK, json!({"id": id}))) }
    }
}
