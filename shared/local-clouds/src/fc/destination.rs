//! Notifies the destination of an asynchronous call (fc.md, section 2.4).

use std::time::Duration;

use axum::body::Body;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::BodyExt;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::fc::config::asynchronous::Destination;
use crate::fc::ids::unix_millis;
use crate::fc::invoke_result::InvokeResult;

/// How long the platform retries a failing destination.
const RETRY_LIMIT: Duration = Duration::from_secs(30 * 60);

/// Builds the documented notification.
pub(crate) fn build_document(
    function_arn: &str,
    attempts: u32,
    payload: &[u8],
    result: &InvokeResult,
) -> Value {
    let error_type = result.error_type.as_deref().unwrap_or_default();
    json!({
        "timestamp": unix_millis(),
        "requestContext": {
            "requestId": result.request_id,
            "functionArn": function_arn,
            "condition": error_type,
            "approximateInvokeCount": attempts,
        },
        "requestPayload": String::from_utf8_lossy(payload),
        "responseContext": {"statusCode": result.status, "functionError": error_type},
        "responsePayload": String::from_utf8_lossy(&result.body),
    })
}

/// Delivers the document. Retries for half an hour after a 5xx answer or none; a 4xx answer is final.
pub(crate) async fn notify(destination: &Destination, document: Value) {
    let url = match destination {
        Destination::Channel(channel) => {
            // Ignore a receiver that is gone.
            let _ = channel.send(document);
            return;
        }
        Destination::Http(url) => url,
    };
    let started = Instant::now();
    let mut wait = Duration::from_millis(500);
    while started.elapsed() < RETRY_LIMIT {
        match post(url, document.to_string()).await {
            Some(status) if !status.is_server_error() => return,
            _ => sleep(wait).await,
        }
        wait = (wait * 2).min(Duration::from_secs(30));
    }
}

async fn post(url: &str, body: String) -> Option<StatusCode> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority()?.clone();
    let stream = TcpStream::connect((authority.host(), authority.port_u16().unwrap_or(80))).await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(connection);
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri.path_and_query().map_or("/", |text| text.as_str()).parse().ok()?;
    request.headers_mut().insert(header::HOST, HeaderValue::from_str(authority.as_str()).ok()?);
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let response = sender.send_request(request).await.ok()?;
    let status = response.status();
    response.into_body().collect().await.ok()?;
    Some(status)
}
