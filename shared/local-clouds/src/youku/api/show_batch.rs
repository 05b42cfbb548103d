//! `videos/show_batch`: many videos in one call.

use std::time::SystemTime;

use http::StatusCode;
use serde_json::{Value, json};

use crate::youku::error::ApiError;
use crate::youku::params::Params;
use crate::youku::state::{ApiResult, YoukuService};
use crate::youku::video::number_json;

impl YoukuService {
    /// Shows the videos of one field of ids with commas between them; unknown ones are left out.
    pub(crate) fn show_batch(&self, params: &Params) -> ApiResult {
        self.identify_client(params)?;
        let ids: Vec<_> = params.require("video_ids")?.split(',').filter(|id| !id.is_empty()).collect();
        let (mut state, now) = (self.state(), SystemTime::now());
        if state.switches.max_batch_ids.is_some_and(|most| ids.len() > most) {
            return Err(ApiError::parameter("video_ids", "are too many"));
        }
        let videos: Vec<Value> = ids.iter().filter_map(|id| state.show_video(id, now)).collect();
        let total = number_json(videos.len(), &state.switches);
        Ok((StatusCode::OK, json!({"total": total, "videos": videos})))
    }
}
