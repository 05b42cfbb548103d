//! `oauth2/token`: exchanges a refresh token for a new pair.

use std::time::SystemTime;

use http::StatusCode;
use serde_json::{Value, json};

use crate::youku::error::ApiError;
use crate::youku::params::Params;
use crate::youku::state::{ApiResult, YoukuService};

impl YoukuService {
    pub(crate) fn refresh(&self, params: &Params) -> ApiResult {
        let client = self.identify_client(params)?;
        if params.require("grant_type")? != "refresh_token" {
            return Err(ApiError::parameter("grant_type", "must be refresh_token"));
        }
        let life = self.0.config.access_token_life;
        let mut state = self.state();
        let revoke = state.switches.refresh_revokes_access_token;
        let expires = SystemTime::now() + life;
        let pair = state.tokens.refresh(&client, params.require("refresh_token")?, expires, revoke)?;
        self.0.disk.save_tokens(&state.tokens).map_err(|_| ApiError::unavailable())?;
        let expires_in = match state.switches.expires_in_is_string {
            true => life.as_secs().to_string().into(),
            false => Value::from(life.as_secs()),
        };
        let answer = json!({
            "access_token": pair.access_token,
            "expires_in": expires_in,
            "refresh_token": pair.refresh_token,
            "token_type": "bearer",
        });
        Ok((StatusCode::OK, answer))
    }
}
