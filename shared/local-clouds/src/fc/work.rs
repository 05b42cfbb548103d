//! What an asynchronous call delivers, and one attempt of it.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;

use crate::fc::function::Function;
use crate::fc::invoke::EventCall;
use crate::fc::invoke_result::InvokeResult;

/// What is delivered.
pub(crate) enum AsyncWork {
    /// An event, to `/invoke`.
    Event(Bytes),
    /// An HTTP trigger's request, passed through.
    Request(Box<Request<Bytes>>),
}

impl AsyncWork {
    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Event(_) => "/invoke",
            Self::Request(request) => request.uri().path(),
        }
    }

    pub(crate) fn payload(&self) -> &[u8] {
        match self {
            Self::Event(payload) => payload,
            Self::Request(request) => request.body(),
        }
    }
}

impl Function {
    /// One attempt of an asynchronous call.
    pub(crate) async fn run_work(
        self: &Arc<Self>,
        work: &AsyncWork,
        request_id: &str,
        retry_count: u32,
    ) -> InvokeResult {
        match work {
            AsyncWork::Event(payload) => {
                self.invoke_event(EventCall { request_id, payload: payload.clone(), retry_count }).await
            }
            AsyncWork::Request(request) => {
                self.forward_http_buffered(Request::clone(request), request_id, retry_count).await
            }
        }
    }
}
