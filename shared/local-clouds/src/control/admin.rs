//! The control endpoints: `/_sandbox/faults*` and `/_sandbox/link`.

use axum::body::Body;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Control, LinkSettings, Rule, RuleId};

const MAX_BODY: usize = 1024 * 1024;

#[derive(Deserialize)]
#[serde(untagged)]
enum Rules {
    Many(Vec<serde_json::Value>),
    One(serde_json::Value),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Release {
    id: Option<RuleId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    id: RuleId,
    #[serde(default = "one")]
    fired: u64,
}

fn one() -> u64 {
    1
}

/// Whether a path belongs to the control and never to the cloud.
pub(super) fn owns(path: &str) -> bool {
    path == "/_sandbox/link" || path == "/_sandbox/faults" || path.starts_with("/_sandbox/faults/")
}

pub(super) async fn answer(control: &Control, request: Request<Body>) -> Response<Body> {
    route(control, request)
        .await
        .unwrap_or_else(|message| json_answer(StatusCode::BAD_REQUEST, &json!({ "error": message })))
}

async fn route(control: &Control, request: Request<Body>) -> Result<Response<Body>, String> {
    let (parts, body) = request.into_parts();
    let Control { faults, link } = control;
    match (parts.method, parts.uri.path()) {
        (Method::GET, "/_sandbox/link") => Ok(ok(&link.settings())),
        (Method::POST, "/_sandbox/link") => {
            link.set(json_body::<LinkSettings>(body).await?.unwrap_or_default());
            Ok(ok(&link.settings()))
        }
        (Method::GET, "/_sandbox/faults") => Ok(ok(&faults.list())),
        (Method::POST, "/_sandbox/faults") => {
            let rules = match json_body::<Rules>(body).await?.ok_or("no rule given")? {
                Rules::Many(rules) => rules,
                Rules::One(rule) => vec![rule],
            };
            let rules = rules.into_iter().map(typed).collect::<Result<Vec<Rule>, _>>()?;
            let ids = rules.into_iter().map(|rule| faults.add(rule)).collect::<Vec<_>>();
            Ok(ok(&json!({ "ids": ids })))
        }
        (Method::DELETE, "/_sandbox/faults") => {
            faults.clear();
            Ok(ok(&json!({})))
        }
        (Method::POST, "/_sandbox/faults/release") => {
            match json_body::<Release>(body).await?.unwrap_or_default().id {
                Some(id) => faults.release(id),
                None => faults.release_all(),
            }
            Ok(ok(&json!({})))
        }
        (Method::GET, "/_sandbox/faults/wait") => {
            let wait: Wait = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default())
                .map_err(|error| error.to_string())?;
            faults.fired(wait.id, wait.fired).await;
            Ok(match faults.state(wait.id) {
                Some(state) => ok(&state),
                None => json_answer(StatusCode::NOT_FOUND, &json!({ "error": "no such rule" })),
            })
        }
        _ => Ok(json_answer(StatusCode::NOT_FOUND, &json!({ "error": "no such control endpoint" }))),
    }
}

/// The body as JSON; an empty body is `None`.
async fn json_body<T: DeserializeOwned>(body: Body) -> Result<Option<T>, String> {
    let bytes = axum::body::to_bytes(body, MAX_BODY).await.map_err(|error| error.to_string())?;
    if bytes.is_empty() {
        return Ok(None);
    }
    typed(serde_json::from_slice(&bytes).map_err(|error| error.to_string())?).map(Some)
}

/// Names the path that does not fit.
fn typed<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| error.to_string())
}

fn ok(value: &impl Serialize) -> Response<Body> {
    json_answer(StatusCode::OK, value)
}

fn json_answer(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let mut answer = Response::new(Body::from(serde_json::to_vec(value).unwrap_or_default()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}
