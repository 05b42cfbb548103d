//! `uploads/get_sts_inf`: credentials for the object of an upload.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) use crate::oss::auth::access_key::{AccessKey, Grant};
use crate::youku::error::ApiError;
use crate::youku::params::Params;
use crate::youku::session_state::ContentLocation;
use crate::youku::state::{ApiResult, YoukuService};
use crate::youku::switches::{ExpiredSts, SinglePut, Switches};

/// What credentials are issued with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StsTerms {
    /// They allow multipart uploads alone.
    parts_only: bool,
    life: Duration,
    /// They are taken beyond their life.
    outlasts: bool,
}

impl StsTerms {
    /// The terms that the switches state; `usual` is the life where they state none.
    pub(crate) fn new(switches: &Switches, usual: Duration) -> Self {
        Self {
            parts_only: switches.single_put == SinglePut::RefusedAtBucket,
            life: switches.sts_life_ms.map_or(usual, Duration::from_millis),
            outlasts: switches.expired_sts == ExpiredSts::Taken,
        }
    }
}

impl YoukuService {
    /// Issues new credentials for the object of a running upload.
    pub(crate) fn sts(&self, params: &Params) -> ApiResult {
        let client = self.authorize(params)?;
        let (bucket, object) = (params.require("oss_bucket")?, params.require("oss_object")?);
        let now = SystemTime::now();
        let mut state = self.state();
        let terms = StsTerms::new(&state.switches, self.0.config.sts_life);
        let session = state.session(params.require("upload_token")?, now)?;
        if session.client_id != client {
            return Err(ApiError::upload_token());
        }
        match &session.content {
            ContentLocation::Object(key)
                if key == object && bucket == self.0.config.bucket && !session.committed =>
            {
                let (id, credentials) = self.issue_sts_key(key, terms, now);
                session.sts_ids.push(id);
                Ok((StatusCode::OK, credentials))
            }
            _ => Err(ApiError::parameter("oss_object", "does not belong to this upload")),
        }
    }

    /// Creates an STS key for one object, and the fields that describe it.
    pub(crate) fn issue_sts_key(&self, key: &str, terms: StsTerms, now: SystemTime) -> (String, Value) {
        let id = format!("STS.{:024x}", rand::random::<u128>() >> 32);
        let secret = STANDARD.encode(rand::random::<[u8; 24]>());
        let token = STANDARD.encode(rand::random::<[u8; 48]>());
        let expires = now + terms.life;
        self.0.oss.add_key(AccessKey {
            id: id.clone(),
            secret: secret.clone(),
            token: Some(token.clone()),
            expires: (!terms.outlasts).then_some(expires),
            grants: Some(Grant {
                bucket: self.0.config.bucket.clone(),
                key_prefix: key.to_owned(),
                parts_only: terms.parts_only,
            }),
            policy: None,
        });
        let fields = json!({
            "endpoint": self.0.bucket_url,
            "security_token": token,
            "temp_access_id": id,
            "temp_access_secret": secret,
            "expire_time": format_utc_seconds(self.0.clock.to_server_time(expires)),
        });
        (id, fields)
    }
}

/// `2019-01-07T13:03:04Z`, rounded down.
pub(crate) fn format_utc_seconds(time: SystemTime) -> String {
    let timestamp = Timestamp::try_from(time).unwrap_or(Timestamp::MAX);
    timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::format_utc_seconds;

    #[test]
    fn times_are_utc_and_rounded_down_to_the_second() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_546_866_184_900);
        assert_eq!(format_utc_seconds(time), "2019-01-07T13:03:04Z");
    }
}
