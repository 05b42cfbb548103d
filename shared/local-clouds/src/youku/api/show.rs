//! `videos/show` and `users/myinfo`.

use std::time::SystemTime;

use http::StatusCode;
use serde_json::json;

use crate::youku::error::ApiError;
use crate::youku::params::Params;
use crate::youku::state::{ApiResult, YoukuService};

impl YoukuService {
    pub(crate) fn show(&self, params: &Params) -> ApiResult {
        self.identify_client(params)?;
        let id = params.require("video_id")?;
        let shown = self.state().show_video(id, SystemTime::now());
        shown.map(|video| (StatusCode::OK, video)).ok_or_else(ApiError::no_such_video)
    }

    /// Answers the user of an access token; the id is a number, as in real answers.
    pub(crate) fn my_info(&self, params: &Params) -> ApiResult {
        self.authorize(params)?;
        let user = self.state().tokens.user_id(params.require("access_token")?);
        let (id, link) = (user, format!("http://i.youku.com/u/{user}"));
        Ok((StatusCode::OK, json!({"id": id, "name": format!("user-{user}"), "link": link})))
    }
}
