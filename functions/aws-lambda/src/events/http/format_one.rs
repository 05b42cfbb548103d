//! Requests of REST APIs, of HTTP APIs with payload format 1.0 and of application load balancers (API Gateway developer guide: input of a
//! Lambda function for proxy integration; Application Load Balancer guide: Lambda functions as targets).

use super::{
    fields::{list_values, null_as_default},
    parts::RequestParts,
    target::{Encoding, build_query, build_target, strip_stage},
};
use crate::{events::document::deserialize_event, http_form::HttpForm};
use lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpEvent {
    http_method: String,
    path: String,
    #[serde(default)]
    headers: Value,
    #[serde(default)]
    multi_value_headers: Value,
    #[serde(default)]
    query_string_parameters: Value,
    #[serde(default)]
    multi_value_query_string_parameters: Value,
    request_context: RequestContext,
    body: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
struct RequestContext {
    stage: Option<String>,
}

/// The form of the event: a load balancer names itself, and says by the headers whether its target group sends all their values.
pub(super) fn detect_form(event: &Value) -> HttpForm {
    let has_object = |field: &str| event.get(field).is_some_and(Value::is_object);
    match event.get("requestContext").and_then(|context| context.get("elb")) {
        Some(_) => HttpForm::LoadBalancer { multi_value: has_object("multiValueHeaders") },
        None => HttpForm::FormatOne,
    }
}

/// What the event holds of its request.
pub(super) fn parse_parts(event: Value, form: HttpForm) -> Result<RequestParts, Diagnostic> {
    let event: HttpEvent = deserialize_event(event)?;
    // A load balancer leaves parameters as they came; API Gateway decodes them.
    let encoding = match form {
        HttpForm::LoadBalancer { .. } => Encoding::Kept,
        _ => Encoding::Removed,
    };
    let parameters =
        choose_values(&event.multi_value_query_string_parameters, &event.query_string_parameters);
    let path = strip_stage(&event.path, event.request_context.stage.as_deref(), false);
    Ok(RequestParts {
        method: event.http_method,
        target: build_target(path, &build_query(&parameters, encoding)),
        headers: choose_values(&event.multi_value_headers, &event.headers),
        body: event.body,
        is_base64_encoded: event.is_base64_encoded,
    })
}

/// All values where the sender lists them, else the last of each.
fn choose_values(all: &Value, last: &Value) -> Vec<(String, String)> {
    let all = list_values(all);
    if all.is_empty() { list_values(last) } else { all }
}
