//! `uploads/create`: begins an upload session.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use crate::youku::api::sts::StsTerms;
use crate::youku::error::ApiError;
use crate::youku::file_hash::HashProgress;
use crate::youku::metadata::{Metadata, Mode};
use crate::youku::params::Params;
use crate::youku::session::Session;
use crate::youku::session_state::ContentLocation;
use crate::youku::state::{ApiResult, YoukuService};
use crate::youku::switches::WebUpload;
use crate::youku::video;

impl YoukuService {
    pub(crate) fn create(&self, params: &Params) -> ApiResult {
        let client_id = self.authorize(params)?;
        let metadata = Metadata::from_params(params, &self.state().switches)?;
        let (mode, now) = (metadata.mode, SystemTime::now());
        let name = format!("{:032x}.{}", rand::random::<u128>(), metadata.extension());
        let mut state = self.state();
        if metadata.file_md5.is_none() && state.switches.web_upload == WebUpload::RefusedAtCreate {
            return Err(ApiError::parameter("file_md5", "is missing"));
        }
        let held =
            |video: &&video::Video| video.measured.md5.is_some() && video.measured.md5 == metadata.file_md5;
        let instant = state.switches.instant_upload.then(|| state.videos.values().find(held)).flatten();
        let usual_life = self.0.config.upload_token_life;
        let mut session = Session {
            number: state.sessions.len() as u64 + 1,
            token: format!("{:032x}", rand::random::<u128>()),
            client_id,
            video_id: new_video_id(),
            instant: instant.map(|video| video.content.clone()),
            metadata,
            expires: now + state.switches.session_life_ms.map_or(usual_life, Duration::from_millis),
            committed: false,
            cancelled: false,
            content: match mode {
                Mode::Oss => ContentLocation::Object(format!("upload/{name}")),
                Mode::Slice => ContentLocation::File(std::path::Path::new("slices").join(name)),
            },
            plan: None,
            ahead: HashProgress::default(),
            received: 0,
            checks_before_confirmed: state.switches.confirm_after_checks,
            sts_ids: Vec::new(),
            commit_calls: 0,
        };
        let mut answer = json!({"upload_token": session.token});
        if state.switches.instant_upload {
            answer["instant_upload_ok"] = if session.instant.is_some() { "yes" } else { "no" }.into();
        }
        let names_video = match mode {
            Mode::Oss => state.switches.oss_create_video_id,
            Mode::Slice => state.switches.slice_create_video_id,
        };
        if names_video {
            answer["video_id"] = session.video_id.as_str().into();
        }
        match &session.content {
            ContentLocation::Object(key) => {
                let terms = StsTerms::new(&state.switches, self.0.config.sts_life);
                let (id, credentials) = self.issue_sts_key(key, terms, now);
                answer["oss_bucket"] = self.0.config.bucket.as_str().into();
                answer["oss_object"] = key.as_str().into();
                merge(&mut answer, credentials);
                session.sts_ids.push(id);
            }
            ContentLocation::File(_) => answer["upload_server_uri"] = self.0.host.as_str().into(),
        }
        state.sessions.insert(session.token.clone(), session);
        Ok((StatusCode::CREATED, answer))
    }
}

/// `X` and base64 with its padding, as Youku's ids are.
fn new_video_id() -> String {
    let digits = rand::random_range(1_000_000_000_u64..10_000_000_000);
    format!("X{}", STANDARD.encode(digits.to_string()))
}

fn merge(target: &mut Value, fields: Value) {
    if let (Value::Object(target), Value::Object(fields)) = (target, fields) {
        target.extend(fields);
    }
}

#[cfg(test)]
mod tests {
    use super::new_video_id;

    #[test]
    fn a_video_id_looks_like_youkus() {
        let id = new_video_id();
        assert!(id.starts_with('X') && id.ends_with("=="), "{id}");
    }
}
