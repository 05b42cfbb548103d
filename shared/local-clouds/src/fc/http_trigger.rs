//! HTTP triggers (protocol sheet fc.md, sections 1.2 and 3.2).

use std::sync::Arc;

use axum::body::Body;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::Limited;

use crate::control::cloud::Cloud;
use crate::fc::config::triggers::HttpAuth;
use crate::fc::error::{FcError, scripted_refusal};
use crate::fc::function::Function;
use crate::fc::headers::{SYNC_BODY, check_request};
use crate::fc::ids::new_request_id;
use crate::fc::queue::Queue;
use crate::fc::signature::AccountKeys;

const METHODS: [Method; 7] =
    [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD, Method::PATCH, Method::OPTIONS];

/// The HTTP trigger of one function.
#[derive(Clone)]
pub(crate) struct HttpTrigger {
    pub(crate) function: Arc<Function>,
    pub(crate) auth: HttpAuth,
    pub(crate) keys: AccountKeys,
    pub(crate) queue: Arc<Queue>,
}

impl HttpTrigger {
    async fn respond(&self, request: Request<Body>, request_id: &str) -> Result<Response<Body>, FcError> {
        let (parts, body) = request.into_parts();
        check_request(&parts)?;
        if !METHODS.contains(&parts.method) {
            return Err(FcError::invalid(format!("method {} is not supported", parts.method)));
        }
        if self.auth == HttpAuth::Function {
            self.keys.verify_trigger(&parts)?;
        }
        if body.size_hint().lower() > SYNC_BODY as u64 {
            return Err(FcError::too_large(SYNC_BODY));
        }
        if parts
            .headers
            .get("x-fc-invocation-type")
            .is_some_and(|kind| kind.as_bytes().eq_ignore_ascii_case(b"async"))
        {
            return self
                .queue
                .submit_request(&self.function, request_id, Request::from_parts(parts, body))
                .await;
        }
        let body = Body::new(Limited::new(body, SYNC_BODY));
        self.function.forward_http(Request::from_parts(parts, body), request_id, 0).await
    }
}

impl Cloud for HttpTrigger {
    fn operation(&self, _: &Parts) -> String {
        "http".to_owned()
    }

    fn expire(&self, parts: &Parts) {
        self.keys.expire(parts);
    }

    fn refusal(&self, _: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body> {
        scripted_refusal(status, code)
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let request_id = new_request_id();
        match self.respond(request, &request_id).await {
            Ok(response) => response,
            Err(error) => error.to_response(&request_id),
        }
    }
}
