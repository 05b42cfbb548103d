//! The endpoints under `/_sandbox/` other than faults and link.

use axum::body::Body;
use http::request::Parts;
use http::{Method, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::youku::inspect::path::parse_video_path;
use crate::youku::json::json_response;
use crate::youku::review;
use crate::youku::state::YoukuService;
use crate::youku::switches::Switches;

const BODY_LIMIT: usize = 64 * 1024;

/// Body of `POST /_sandbox/expire`.
#[derive(Debug, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
enum ExpireRequest {
    AccessToken { client_id: String },
    UploadToken { video_id: String },
    Sts { video_id: String },
}

/// Body of `POST /_sandbox/clock`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockRequest {
    ahead_seconds: i64,
}

/// Body of `POST /_sandbox/videos/{id}/state`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VideoStateRequest {
    state: Option<String>,
}

impl YoukuService {
    pub(crate) async fn inspect(&self, parts: &Parts, body: Body) -> Response<Body> {
        let path = parts.uri.path().trim_start_matches("/_sandbox").trim_matches('/');
        let answer = match (&parts.method, path) {
            (&Method::GET, "") => {
                Ok(json!({"api": format!("http://{}", self.0.host), "bucket": self.0.bucket_url}))
            }
            (&Method::GET, "videos") => Ok(json!(self.videos())),
            (&Method::GET, "changes") => Ok(json!(self.changes())),
            (&Method::GET, "received") => Ok(json!(self.received_views())),
            (&Method::GET, "sessions") => Ok(json!(self.sessions())),
            (&Method::GET, "switches") => Ok(json!(self.state().switches)),
            (&Method::POST, "switches") => self.change_switches(body).await,
            (&Method::POST, "clock") => self.handle_clock(body).await,
            (&Method::POST, "expire") => self.handle_expire(body).await,
            (&Method::POST, path) => self.handle_video_state(path, body).await,
            (&Method::GET, path) => return self.serve_content(path, range_of(parts)).await,
            _ => Err(StatusCode::NOT_FOUND),
        };
        match answer {
            Ok(value) => json_response(StatusCode::OK, &value),
            Err(status) => json_response(status, &json!({"error": status.to_string()})),
        }
    }

    async fn change_switches(&self, body: Body) -> Result<Value, StatusCode> {
        let changes: serde_json::Map<String, Value> = read_json(body).await?;
        let mut all = json!(self.state().switches);
        if let Value::Object(all) = &mut all {
            all.extend(changes);
        }
        let switches = serde_json::from_value::<Switches>(all).map_err(|_| StatusCode::BAD_REQUEST)?;
        if switches.reject_unreadable && !review::is_available().await {
            return Err(StatusCode::FAILED_DEPENDENCY);
        }
        let answer = json!(switches);
        self.set_switches(switches);
        Ok(answer)
    }

    async fn handle_expire(&self, body: Body) -> Result<Value, StatusCode> {
        let found = match read_json(body).await? {
            ExpireRequest::AccessToken { client_id } => {
                self.expire_access_token(&client_id);
                true
            }
            ExpireRequest::UploadToken { video_id } => self.expire_upload_token(&video_id),
            ExpireRequest::Sts { video_id } => self.expire_sts(&video_id),
        };
        if found { Ok(json!({})) } else { Err(StatusCode::NOT_FOUND) }
    }

    async fn handle_clock(&self, body: Body) -> Result<Value, StatusCode> {
        let wanted: ClockRequest = read_json(body).await?;
        self.set_clock_ahead(wanted.ahead_seconds);
        Ok(json!({}))
    }

    /// `videos/{id}/state`.
    async fn handle_video_state(&self, path: &str, body: Body) -> Result<Value, StatusCode> {
        let id = parse_video_path(path, "/state").ok_or(StatusCode::NOT_FOUND)?;
        let wanted: VideoStateRequest = read_json(body).await?;
        match self.set_video_state(&id, wanted.state.as_deref()) {
            Ok(true) => Ok(json!({})),
            Ok(false) => Err(StatusCode::NOT_FOUND),
            Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

fn range_of(parts: &Parts) -> Option<&str> {
    parts.headers.get(header::RANGE)?.to_str().ok()
}

async fn read_json<T: serde::de::DeserializeOwned>(body: Body) -> Result<T, StatusCode> {
    let bytes = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|_| StatusCode::BAD_REQUEST)?;
    serde_json::from_slice(&bytes).map_err(|_| StatusCode::BAD_REQUEST)
}
