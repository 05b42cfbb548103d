//! Requests of the platform itself to an instance: probes and hooks.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;

use crate::fc::connection::ConnectionLost;
use crate::fc::context::FunctionContext;
use crate::fc::headers::{CallInfo, inject};
use crate::fc::ids::new_request_id;
use crate::fc::instance::Instance;

impl Instance {
    /// Sends a request whose answer counts by its status alone.
    pub(crate) async fn request_status(&self, request: Request<Body>) -> Result<StatusCode, ConnectionLost> {
        let (response, connection) = self.connections.send(request).await?;
        let status = response.status();
        response.into_body().collect().await.map_err(|_| ConnectionLost)?;
        connection.release().await;
        Ok(status)
    }
}

pub(crate) fn get_request(path: &str, port: u16) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = path.parse().unwrap_or_default();
    if let Ok(host) = format!("127.0.0.1:{port}").parse() {
        request.headers_mut().insert(header::HOST, host);
    }
    request
}

pub(crate) fn hook_request(
    context: &FunctionContext,
    port: u16,
    method: Method,
    path: &str,
    control_path: Option<&'static str>,
) -> Request<Body> {
    let mut request = get_request(path, port);
    *request.method_mut() = method;
    let request_id = new_request_id();
    let call = CallInfo { request_id: &request_id, control_path, retry_count: 0, base_path: "" };
    let credentials = context.credentials();
    inject(request.headers_mut(), &call, &context.config, credentials.as_ref(), &context.platform);
    request
}
