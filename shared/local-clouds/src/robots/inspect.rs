//! The endpoints under `/_sandbox` other than faults and link.

use axum::body::Body;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::control::json::{deserialize, json_body, json_ok, json_response};
use crate::robots::config::RobotConfig;
use crate::robots::server::Robots;

/// Body of `POST /_sandbox/clock`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockRequest {
    ahead_seconds: i64,
}

impl Robots {
    pub(crate) async fn inspect(&self, parts: &Parts, body: Body) -> Response<Body> {
        match self.answer_inspection(parts, body).await {
            Ok(Some(value)) => json_ok(&value),
            Ok(None) => json_response(StatusCode::NOT_FOUND, &json!({"error": "no such endpoint"})),
            Err(message) => json_response(StatusCode::BAD_REQUEST, &json!({"error": message})),
        }
    }

    /// Nothing: there is no such endpoint.
    async fn answer_inspection(&self, parts: &Parts, body: Body) -> Result<Option<Value>, String> {
        Ok(Some(match (&parts.method, parts.uri.path()) {
            (&Method::GET, "/_sandbox") => {
                let robots = self
                    .robots()
                    .into_iter()
                    .map(|robot| json!({"vendor": robot.vendor, "path": robot.path(), "name": robot.name}));
                robots.collect()
            }
            (&Method::POST, "/_sandbox/robots") => {
                self.set_robot(json_body::<RobotConfig>(body).await?.ok_or("no robot given")?);
                json!({})
            }
            (&Method::GET, "/_sandbox/messages") => json!(self.messages()),
            (&Method::GET, "/_sandbox/requests") => json!(self.requests()),
            (&Method::GET, "/_sandbox/switches") => json!(self.switches()),
            (&Method::POST, "/_sandbox/switches") => {
                let changes = json_body::<Map<String, Value>>(body).await?.unwrap_or_default();
                let mut all = json!(self.switches());
                if let Value::Object(all) = &mut all {
                    all.extend(changes);
                }
                self.set_switches(deserialize(all)?);
                json!(self.switches())
            }
            (&Method::POST, "/_sandbox/clock") => {
                let wanted = json_body::<ClockRequest>(body).await?.ok_or("no time given")?;
                self.set_clock_ahead(wanted.ahead_seconds);
                json!({})
            }
            _ => return Ok(None),
        }))
    }
}
