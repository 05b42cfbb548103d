//! The control endpoints: `/_sandbox/faults*` and `/_sandbox/link`.

use axum::body::Body;
use http::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::control::handle::Control;
use crate::control::json::{deserialize, json_body, json_ok, json_response};
use crate::control::link::LinkSettings;
use crate::faults::rule::{Rule, RuleId};

#[derive(Deserialize)]
#[serde(untagged)]
enum RuleOrRules {
    Many(Vec<serde_json::Value>),
    One(serde_json::Value),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ReleaseRequest {
    id: Option<RuleId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitQuery {
    id: RuleId,
    #[serde(default = "one")]
    fired: u64,
}

fn one() -> u64 {
    1
}

/// Whether a path belongs to the control endpoints and never to the cloud.
pub(crate) fn is_control_path(path: &str) -> bool {
    path == "/_sandbox/link" || path == "/_sandbox/faults" || path.starts_with("/_sandbox/faults/")
}

pub(crate) async fn answer_control_request(control: &Control, request: Request<Body>) -> Response<Body> {
    route(control, request)
        .await
        .unwrap_or_else(|message| json_response(StatusCode::BAD_REQUEST, &json!({ "error": message })))
}

async fn route(control: &Control, request: Request<Body>) -> Result<Response<Body>, String> {
    let (parts, body) = request.into_parts();
    let Control { faults, link } = control;
    match (parts.method, parts.uri.path()) {
        (Method::GET, "/_sandbox/link") => Ok(json_ok(&link.settings())),
        (Method::POST, "/_sandbox/link") => {
            link.set(json_body::<LinkSettings>(body).await?.unwrap_or_default());
            Ok(json_ok(&link.settings()))
        }
        (Method::GET, "/_sandbox/faults") => Ok(json_ok(&faults.list())),
        (Method::POST, "/_sandbox/faults") => {
            let rules = match json_body::<RuleOrRules>(body).await?.ok_or("no rule given")? {
                RuleOrRules::Many(rules) => rules,
                RuleOrRules::One(rule) => vec![rule],
            };
            let rules = rules.into_iter().map(deserialize).collect::<Result<Vec<Rule>, _>>()?;
            let ids = rules.into_iter().map(|rule| faults.add(rule)).collect::<Vec<_>>();
            Ok(json_ok(&json!({ "ids": ids })))
        }
        (Method::DELETE, "/_sandbox/faults") => {
            faults.clear();
            Ok(json_ok(&json!({})))
        }
        (Method::POST, "/_sandbox/faults/release") => {
            match json_body::<ReleaseRequest>(body).await?.unwrap_or_default().id {
                Some(id) => faults.release(id),
                None => faults.release_all(),
            }
            Ok(json_ok(&json!({})))
        }
        (Method::GET, "/_sandbox/faults/wait") => {
            let wait: WaitQuery = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default())
                .map_err(|error| error.to_string())?;
            faults.wait_fired(wait.id, wait.fired).await;
            Ok(match faults.state(wait.id) {
                Some(state) => json_ok(&state),
                None => json_response(StatusCode::NOT_FOUND, &json!({ "error": "no such rule" })),
            })
        }
        _ => Ok(json_response(StatusCode::NOT_FOUND, &json!({ "error": "no such control endpoint" }))),
    }
}
