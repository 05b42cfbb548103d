//! `/_sandbox/...`: what tests and people may ask for beyond faults and link.

use std::collections::BTreeMap;

use axum::body::Body;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::encode::{from_base64, hex};
use super::{Oss, OssSwitches};

const BODY_LIMIT: usize = 64 * 1024;
const SWITCHES: &str = "/_sandbox/switches";
const CLOCK: &str = "/_sandbox/clock";

/// Body of `POST /_sandbox/clock`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedClock {
    ahead_seconds: i64,
}

/// An object whose content is made up when it is read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generated {
    /// Bytes.
    pub size: u64,
    /// Other seeds make other contents.
    #[serde(default)]
    pub seed: u64,
    /// Whether its MD5 is known.
    #[serde(default)]
    pub md5: GeneratedMd5,
    /// User metadata: names without `x-oss-meta-`.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// Whether a generated object has a Content-MD5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GeneratedMd5 {
    /// None, as of an object completed from parts.
    #[default]
    None,
    /// It is computed when the object is made: a pass over all its bytes.
    Computed,
}

impl Oss {
    pub(super) async fn inspect(&self, parts: &Parts, body: Body) -> Response<Body> {
        let target =
            parts.uri.path().strip_prefix("/_sandbox/objects/").and_then(|path| path.split_once('/'));
        let (status, answer) = match (&parts.method, target) {
            (&Method::PUT, Some((bucket, key))) => {
                match self.generate_from_outside(bucket, key, body).await {
                    Ok(answer) => (StatusCode::OK, answer),
                    Err(message) => (StatusCode::BAD_REQUEST, json!({ "error": message })),
                }
            }
            (&Method::GET, None) if parts.uri.path() == SWITCHES => (StatusCode::OK, json!(self.switches())),
            (&Method::POST, None) if parts.uri.path() == SWITCHES => match self.change_switches(body).await {
                Ok(switches) => (StatusCode::OK, json!(switches)),
                Err(message) => (StatusCode::BAD_REQUEST, json!({ "error": message })),
            },
            (&Method::GET, None) if parts.uri.path() == CLOCK => (StatusCode::OK, self.clock_told()),
            (&Method::POST, None) if parts.uri.path() == CLOCK => match self.change_clock(body).await {
                Ok(()) => (StatusCode::OK, self.clock_told()),
                Err(message) => (StatusCode::BAD_REQUEST, json!({ "error": message })),
            },
            _ => (StatusCode::NOT_FOUND, json!({ "error": "no such page" })),
        };
        let mut response = Response::new(Body::from(answer.to_string()));
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
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

    fn clock_told(&self) -> Value {
        json!({ "ahead_seconds": self.0.clock.ahead_seconds() })
    }

    async fn change_clock(&self, body: Body) -> Result<(), String> {
        let body = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|error| error.to_string())?;
        let wanted: WantedClock = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        self.set_clock_ahead(wanted.ahead_seconds);
        Ok(())
    }

    async fn generate_from_outside(&self, bucket: &str, key: &str, body: Body) -> Result<Value, String> {
        let key = percent_decode_str(key).decode_utf8().map_err(|_| "the key must be UTF-8")?;
        let body = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|error| error.to_string())?;
        let wanted = serde_json::from_slice::<Value>(&body).map_err(|error| error.to_string())?;
        let wanted = serde_path_to_error::deserialize(wanted).map_err(|error| error.to_string())?;
        let record = self.generate(bucket, &key, wanted).await.map_err(|error| error.to_string())?;
        let md5 = record.content_md5.as_deref().and_then(from_base64).map(|md5| hex(&md5));
        Ok(json!({
            "size": record.size,
            "etag": record.etag,
            "crc64": record.crc64.to_string(),
            "md5": md5,
        }))
    }
}
