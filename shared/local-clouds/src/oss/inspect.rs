//! The endpoints under `/_sandbox/` other than faults and link.

use axum::body::Body;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::control::json::json_response;
use crate::oss::server::Oss;
use crate::oss::switches::OssSwitches;

pub(crate) const BODY_LIMIT: usize = 64 * 1024;

const SWITCHES: &str = "/_sandbox/switches";

const CLOCK: &str = "/_sandbox/clock";

/// Body of `POST /_sandbox/clock`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockRequest {
    ahead_seconds: i64,
}

impl Oss {
    pub(crate) async fn inspect(&self, parts: &Parts, body: Body) -> Response<Body> {
        let target =
            parts.uri.path().strip_prefix("/_sandbox/objects/").and_then(|path| path.split_once('/'));
        let (status, answer) = match (&parts.method, target) {
            #[cfg(feature = "bench")]
            (&Method::PUT, Some((bucket, key))) => match self.put_generated(bucket, key, body).await {
                Ok(answer) => (StatusCode::OK, answer),
                Err(message) => (StatusCode::BAD_REQUEST, json!({ "error": message })),
            },
            (&Method::GET, None) if parts.uri.path() == SWITCHES => (StatusCode::OK, json!(self.switches())),
            (&Method::POST, None) if parts.uri.path() == SWITCHES => match self.change_switches(body).await {
                Ok(switches) => (StatusCode::OK, json!(switches)),
                Err(message) => (StatusCode::BAD_REQUEST, json!({ "error": message })),
            },
            (&Method::GET, None) if parts.uri.path() == CLOCK => (StatusCode::OK, self.clock_json()),
            (&Method::POST, None) if parts.uri.path() == CLOCK => match self.change_clock(body).await {
                Ok(()) => (StatusCode::OK, self.clock_json()),
                Err(message) => (StatusCode::BAD_REQUEST, json!({ "error": message })),
            },
            _ => (StatusCode::NOT_FOUND, json!({ "error": "no such page" })),
        };
        json_response(status, &answer)
    }

    async fn change_switches(&self, body: Body) -> Result<OssSwitches, String> {
        let body = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|error| error.to_string())?;
        let changes =
            serde_json::from_slice::<Map<String, Value>>(&body).map_err(|error| error.to_string())?;
        let mut all = json!(self.switches());
        if let Value::Object(all) = &mut all {
            all.extend(changes);
        }
        let switches = serde_path_to_error::deserialize(all).map_err(|error| error.to_string())?;
        self.set_switches(switches);
        Ok(switches)
    }

    fn clock_json(&self) -> Value {
        json!({ "ahead_seconds": self.0.clock.ahead_seconds() })
    }

    async fn change_clock(&self, body: Body) -> Result<(), String> {
        let body = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|error| error.to_string())?;
        let wanted: ClockRequest = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        self.set_clock_ahead(wanted.ahead_seconds);
        Ok(())
    }
}
