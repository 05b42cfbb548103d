//! What the function returns to a sender of HTTP requests (API Gateway developer guide: output of a Lambda function for proxy
//! integration, payload format 2.0; Application Load Balancer guide: Lambda functions as targets).

use crate::http_form::HttpForm;
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header::SET_COOKIE};
use http_body_util::BodyExt;
use serde::Serialize;
use std::collections::BTreeMap;

/// A response in the form that the request's sender turns into HTTP. A REST API refuses a response with fields that it does not know, so
/// each form has its own fields alone.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpResponse {
    status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    /// Not among the other headers, since cookies cannot be joined; some hosts need the list even where it is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    cookies: Option<Vec<String>>,
    body: String,
    is_base64_encoded: bool,
}

impl HttpResponse {
    /// Reads a response to its end: the caller gets a stream of progress as a whole.
    ///
    /// # Errors
    /// Where the body breaks off.
    pub async fn from_response(response: Response<Body>, form: HttpForm) -> Result<Self, axum::Error> {
        let (head, body) = response.into_parts();
        let (body, is_base64_encoded) = match String::from_utf8(body.collect().await?.to_bytes().into()) {
            Ok(text) => (text, false),
            Err(bytes) => (STANDARD.encode(bytes.as_bytes()), true),
        };
        let response = Self { status_code: head.status.as_u16(), body, is_base64_encoded, ..Self::default() };
        Ok(response.with_headers(&head.headers, form).with_description(head.status, form))
    }

    fn with_headers(self, headers: &HeaderMap, form: HttpForm) -> Self {
        match form {
            HttpForm::FunctionUrl | HttpForm::FormatTwo => {
                let cookies = Some(headers.get_all(SET_COOKIE).iter().map(decode).collect());
                let mut headers = headers.clone();
                headers.remove(SET_COOKIE);
                Self { headers: Some(join_values(&headers)), cookies, ..self }
            }
            HttpForm::LoadBalancer { multi_value: false } => {
                Self { headers: Some(join_values(headers)), ..self }
            }
            HttpForm::FormatOne | HttpForm::LoadBalancer { multi_value: true } => {
                Self { multi_value_headers: Some(list_values(headers)), ..self }
            }
        }
    }

    /// A load balancer wants the status in words, too.
    fn with_description(self, status: StatusCode, form: HttpForm) -> Self {
        match form {
            HttpForm::LoadBalancer { .. } => Self { status_description: Some(status.to_string()), ..self },
            _ => self,
        }
    }
}

fn decode(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into()
}

/// The values of each header as one. Of several cookies only the last remains: joined they would be none.
fn join_values(headers: &HeaderMap) -> BTreeMap<String, String> {
    let join = |name| {
        let mut values: Vec<_> = headers.get_all(name).iter().map(decode).collect();
        if name == SET_COOKIE { values.pop().unwrap_or_default() } else { values.join(", ") }
    };
    headers.keys().map(|name| (name.to_string(), join(name))).collect()
}

fn list_values(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let list = |name| headers.get_all(name).iter().map(decode).collect();
    headers.keys().map(|name| (name.to_string(), list(name))).collect()
}
