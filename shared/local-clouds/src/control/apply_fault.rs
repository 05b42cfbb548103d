//! Carries out a fault on one request.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt;

use crate::control::cloud::Cloud;
use crate::control::handle::Control;
use crate::faults::body::{BodyFault, FaultyBody};
use crate::faults::connection::ConnectionHandle;
use crate::faults::rule::{Fault, RuleId};

pub(crate) async fn apply_fault<C: Cloud>(
    cloud: &C,
    control: &Control,
    connection: Arc<ConnectionHandle>,
    request: Request<Body>,
    id: RuleId,
    fault: Fault,
) -> io::Result<Response<Body>> {
    let faults = &control.faults;
    match fault {
        Fault::Status { status, code, headers, early } => {
            let (parts, body) = request.into_parts();
            if !early {
                let _ = read_body(body, u64::MAX).await;
            }
            let mut answer = cloud.refusal(&parts, status, code.as_deref());
            for (name, value) in &headers {
                if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                    answer.headers_mut().insert(name, value);
                }
            }
            if early {
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            faults.count_fired(id);
            Ok(answer)
        }
        Fault::Page { status } => {
            let _ = read_body(request.into_body(), u64::MAX).await;
            faults.count_fired(id);
            Ok(html_page(status))
        }
        Fault::Empty { status } => {
            let _ = read_body(request.into_body(), u64::MAX).await;
            faults.count_fired(id);
            let mut answer = Response::new(Body::empty());
            *answer.status_mut() = status;
            Ok(answer)
        }
        Fault::IgnoreRange => {
            faults.count_fired(id);
            let (mut parts, body) = request.into_parts();
            parts.headers.remove(header::RANGE);
            Ok(cloud.handle(Request::from_parts(parts, body)).await)
        }
        Fault::Reset { after } => {
            // Keep the body until the reset is on its way: dropping it would close the connection in order.
            let _body = read_body(request.into_body(), after.unwrap_or(u64::MAX)).await;
            connection.request_reset();
            faults.count_fired(id);
            Err(io::ErrorKind::ConnectionReset.into())
        }
        Fault::FlipRequest { at } => {
            faults.count_fired(id);
            Ok(cloud.handle(request.map(|body| FaultyBody::wrap(body, BodyFault::Flip { at }))).await)
        }
        Fault::Expire => {
            let (parts, body) = request.into_parts();
            cloud.expire(&parts);
            faults.count_fired(id);
            Ok(cloud.handle(Request::from_parts(parts, body)).await)
        }
        Fault::HoldBefore => {
            faults.clone().hold(id).await;
            Ok(cloud.handle(request).await)
        }
        Fault::Hold => {
            let answer = cloud.handle(request).await;
            faults.clone().hold(id).await;
            Ok(answer)
        }
        Fault::DropAnswer => {
            let _ = cloud.handle(request).await;
            faults.count_fired(id);
            Err(io::ErrorKind::ConnectionAborted.into())
        }
        Fault::FlipResponse { at } => {
            faults.count_fired(id);
            Ok(cloud.handle(request).await.map(|body| FaultyBody::wrap(body, BodyFault::Flip { at })))
        }
        Fault::CutResponse { after } => {
            faults.count_fired(id);
            Ok(cloud
                .handle(request)
                .await
                .map(|body| FaultyBody::wrap(body, BodyFault::Cut { after, connection })))
        }
        Fault::Stall { after } => {
            let released = Box::pin(faults.clone().hold(id));
            Ok(cloud
                .handle(request)
                .await
                .map(|body| FaultyBody::wrap(body, BodyFault::Stall { after, released })))
        }
    }
}

/// The answer of a proxy or of a hotel's portal.
fn html_page(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::from(
        "<!DOCTYPE html><html><body>Access to this site is not allowed.</body></html>",
    ));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer
}

/// Reads up to `most` bytes of the body and returns the rest.
async fn read_body(mut body: Body, most: u64) -> Body {
    let mut taken = 0;
    while taken < most {
        match body.frame().await {
            Some(Ok(frame)) => taken += frame.data_ref().map_or(0, |data| data.len() as u64),
            _ => break,
        }
    }
    body
}
