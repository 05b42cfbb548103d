//! The API's calls except commit: create, STS credentials, cancel, show, token refresh.

use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::ahead::Progress;
use super::cloud::{Answer, Youku};
use super::error::Refusal;
use super::metadata::{Metadata, Mode};
use super::params::Params;
use super::session::{Content, Session};
use super::switches::CancelAfterCommit;
use super::video;
use crate::oss::{AccessKey, Grant};

impl Youku {
    /// Whose call this is: a known client within its limit, with a good access token.
    pub(super) fn authorize(&self, params: &Params) -> Result<String, Refusal> {
        let client = self.client(params)?;
        self.state().tokens.check(&client, params.get("access_token"), SystemTime::now())?;
        Ok(client)
    }

    fn client(&self, params: &Params) -> Result<String, Refusal> {
        let id = params.get("client_id").ok_or_else(Refusal::client_invalid)?;
        if !self.0.config.accounts.iter().any(|account| account.client_id == id) {
            return Err(Refusal::client_invalid());
        }
        self.state().tokens.count_call(id, self.0.config.rate_limit_per_hour, SystemTime::now())?;
        Ok(id.to_owned())
    }

    pub(super) fn create(&self, params: &Params) -> Answer {
        let client_id = self.authorize(params)?;
        let metadata = Metadata::read(params)?;
        let (mode, now) = (metadata.mode, SystemTime::now());
        let name = format!("{:032x}.{}", rand::random::<u128>(), metadata.extension());
        let mut state = self.state();
        let held =
            |video: &&video::Video| video.measured.md5.is_some() && video.measured.md5 == metadata.file_md5;
        let instant = state.switches.instant_upload.then(|| state.videos.values().find(held)).flatten();
        let mut session = Session {
            number: state.sessions.len() as u64 + 1,
            token: format!("{:032x}", rand::random::<u128>()),
            client_id,
            video_id: video_id(),
            instant: instant.map(|video| video.content.clone()),
            metadata,
            expires: now + self.0.config.upload_token_life,
            committed: false,
            cancelled: false,
            content: match mode {
                Mode::Oss => Content::Object(format!("upload/{name}")),
                Mode::Slice => Content::File(std::path::Path::new("slices").join(name)),
            },
            plan: None,
            ahead: Progress::default(),
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
            Content::Object(key) => {
                let (id, credentials) = self.mint(key, now);
                answer["oss_bucket"] = self.0.config.bucket.as_str().into();
                answer["oss_object"] = key.as_str().into();
                merge(&mut answer, credentials);
                session.sts_ids.push(id);
            }
            Content::File(_) => answer["upload_server_uri"] = self.0.host.as_str().into(),
        }
        state.sessions.insert(session.token.clone(), session);
        Ok((StatusCode::CREATED, answer))
    }

    /// Fresh credentials for the object of an upload under way.
    pub(super) fn sts(&self, params: &Params) -> Answer {
        let client = self.authorize(params)?;
        let (bucket, object) = (params.required("oss_bucket")?, params.required("oss_object")?);
        let now = SystemTime::now();
        let mut state = self.state();
        let session = state.session(params.required("upload_token")?, now)?;
        if session.client_id != client {
            return Err(Refusal::upload_token());
        }
        match &session.content {
            Content::Object(key) if key == object && bucket == self.0.config.bucket && !session.committed => {
                let (id, credentials) = self.mint(key, now);
                session.sts_ids.push(id);
                Ok((StatusCode::OK, credentials))
            }
            _ => Err(Refusal::parameter("oss_object", "does not belong to this upload")),
        }
    }

    /// An STS key that opens one object, and the fields that describe it.
    fn mint(&self, key: &str, now: SystemTime) -> (String, Value) {
        let id = format!("STS.{:024x}", rand::random::<u128>() >> 32);
        let secret = STANDARD.encode(rand::random::<[u8; 24]>());
        let token = STANDARD.encode(rand::random::<[u8; 48]>());
        let expires = now + self.0.config.sts_life;
        self.0.oss.add_key(AccessKey {
            id: id.clone(),
            secret: secret.clone(),
            token: Some(token.clone()),
            expires: Some(expires),
            grants: Some(Grant { bucket: self.0.config.bucket.clone(), key_prefix: key.to_owned() }),
            policy: None,
        });
        let fields = json!({
            "endpoint": self.0.bucket_url,
            "security_token": token,
            "temp_access_id": id,
            "temp_access_secret": secret,
            "expire_time": utc_seconds(self.0.clock.shows(expires)),
        });
        (id, fields)
    }

    pub(super) fn cancel(&self, params: &Params) -> Answer {
        let client = self.authorize(params)?;
        let token = params.required("upload_token")?;
        let mut state = self.state();
        let after_commit = state.switches.cancel_after_commit;
        let session = state.session(token, SystemTime::now())?;
        if session.client_id != client {
            return Err(Refusal::upload_token());
        }
        if session.metadata.mode == Mode::Slice {
            self.check_server(params.get("upload_server_ip").unwrap_or(&self.0.host))?;
        }
        let answer = Ok((StatusCode::OK, json!({"upload_token": token})));
        match (session.committed, after_commit) {
            (true, CancelAfterCommit::Ok) => answer,
            (true, CancelAfterCommit::Refuse) => Err(Refusal::already_committed()),
            (false, _) => {
                session.cancelled = true;
                session.sts_ids.iter().for_each(|id| self.0.oss.expire_key(id));
                if let Some(path) = self.file(&session.content) {
                    // Not there before create_file.
                    let _ = std::fs::remove_file(path);
                }
                answer
            }
        }
    }

    /// The address that `check` gave must come back.
    pub(super) fn check_server(&self, address: &str) -> Result<(), Refusal> {
        if address != self.0.host {
            return Err(Refusal::parameter("upload_server_ip", "is not this upload's server"));
        }
        Ok(())
    }

    pub(super) fn show(&self, params: &Params) -> Answer {
        self.client(params)?;
        let id = params.required("video_id")?;
        let mut state = self.state();
        let switches = state.switches.clone();
        if let Some(video) = state.videos.get_mut(id) {
            video.shows = video.shows.saturating_add(1);
            let now = video.state(&switches, SystemTime::now());
            if now == video::GONE {
                return Err(Refusal::no_such_video());
            }
            return Ok((StatusCode::OK, video::show(id, &video.metadata, &now)));
        }
        let known = state.sessions.values().find(|session| session.video_id == id);
        match known.zip(switches.uncommitted_state) {
            Some((session, state)) => Ok((StatusCode::OK, video::show(id, &session.metadata, &state))),
            None => Err(Refusal::no_such_video()),
        }
    }

    /// The user behind an access token; the id is a number, as in real answers.
    pub(super) fn my_info(&self, params: &Params) -> Answer {
        self.authorize(params)?;
        let user = self.state().tokens.user(params.required("access_token")?);
        let (id, link) = (user, format!("http://i.youku.com/u/{user}"));
        Ok((StatusCode::OK, json!({"id": id, "name": format!("user-{user}"), "link": link})))
    }

    pub(super) fn refresh(&self, params: &Params) -> Answer {
        let client = self.client(params)?;
        if params.required("grant_type")? != "refresh_token" {
            return Err(Refusal::parameter("grant_type", "must be refresh_token"));
        }
        let life = self.0.config.access_token_life;
        let mut state = self.state();
        let revoke = state.switches.refresh_revokes_access_token;
        let expires = SystemTime::now() + life;
        let pair = state.tokens.refresh(&client, params.required("refresh_token")?, expires, revoke)?;
        self.0.disk.save_tokens(&state.tokens).map_err(|_| Refusal::unavailable())?;
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

/// `X` and base64 with its padding, as Youku's ids are.
fn video_id() -> String {
    let digits = rand::random_range(1_000_000_000_u64..10_000_000_000);
    format!("X{}", STANDARD.encode(digits.to_string()))
}

/// `2019-01-07T13:03:04Z`, rounded down.
fn utc_seconds(time: SystemTime) -> String {
    let timestamp = Timestamp::try_from(time).unwrap_or(Timestamp::MAX);
    timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn merge(target: &mut Value, fields: Value) {
    if let (Value::Object(target), Value::Object(fields)) = (target, fields) {
        target.extend(fields);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_utc_to_the_second_and_ids_look_like_youkus() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_546_866_184_900);
        assert_eq!(utc_seconds(time), "2019-01-07T13:03:04Z");
        assert!(video_id().ends_with("=="));
    }
}
