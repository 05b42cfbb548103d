//! `uploads/cancel`: ends an upload session.

use std::time::SystemTime;

use http::StatusCode;
use serde_json::json;

use crate::youku::error::ApiError;
use crate::youku::metadata::Mode;
use crate::youku::params::Params;
use crate::youku::state::{ApiResult, YoukuService};
use crate::youku::switches::CancelAfterCommit;

impl YoukuService {
    pub(crate) fn cancel(&self, params: &Params) -> ApiResult {
        let client = self.authorize(params)?;
        let token = params.require("upload_token")?;
        let mut state = self.state();
        let after_commit = state.switches.cancel_after_commit;
        let session = state.session(token, SystemTime::now())?;
        if session.client_id != client {
            return Err(ApiError::upload_token());
        }
        if session.metadata.mode == Mode::Slice {
            self.check_server(params.get("upload_server_ip").unwrap_or(&self.0.host))?;
        }
        let answer = Ok((StatusCode::OK, json!({"upload_token": token})));
        match (session.committed, after_commit) {
            (true, CancelAfterCommit::Ok) => answer,
            (true, CancelAfterCommit::Refuse) => Err(ApiError::already_committed()),
            (false, _) => {
                session.cancelled = true;
                session.sts_ids.iter().for_each(|id| self.0.oss.expire_key(id));
                if let Some(path) = self.file_path(&session.content) {
                    // Ignore the error: the file does not exist before create_file.
                    let _ = std::fs::remove_file(path);
                }
                answer
            }
        }
    }

    /// Refuses an address other than the one that `check` gave.
    pub(crate) fn check_server(&self, address: &str) -> Result<(), ApiError> {
        if address != self.0.host {
            return Err(ApiError::parameter("upload_server_ip", "is not this upload's server"));
        }
        Ok(())
    }
}
