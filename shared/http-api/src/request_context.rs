//! What only the platform knows of a request.

use app::{
    Credentials,
    core::{RunContext, TraceContext},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, request::Parts},
};
use std::convert::Infallible;
use tokio::time::Instant;
use tracing::{Span, field::Empty};

/// One invocation as the platform sees it: an extension of the request.
#[derive(Debug, Clone, Default)]
pub struct RequestContext {
    /// The platform's id of the request, for the log; `None` where there is no platform, or it names none.
    pub request_id: Option<String>,
    /// Credentials to read the object with, in place of the process's own.
    pub credentials: Option<Credentials>,
    /// Latest end of the work with which its answer still reaches the caller.
    pub deadline: Option<Instant>,
    /// The trace that the platform names. The request's own header `traceparent` counts more, and so does what a task states.
    pub trace: Option<TraceContext>,
    /// The trace of the request's own header; the platform leaves it to the API to read it.
    pub own_trace: Option<TraceContext>,
}

impl RequestContext {
    /// Takes the trace that a task states, unless the request's own header states one.
    pub(crate) fn set_task_trace(&mut self, task: Option<TraceContext>) {
        self.trace = self.own_trace.or(task).or(self.trace);
    }

    /// A run that the request asks for.
    pub(crate) fn run(&self) -> RunContext {
        RunContext { deadline: self.deadline, trace: self.trace, ..RunContext::default() }
    }

    /// Begins the request's span, in the trace that the request belongs to.
    pub(crate) fn begin_span(&mut self) -> Span {
        let span = tracing::info_span!("request", request_id = self.request_id, trace_id = Empty);
        self.trace = app::begin_trace(&span, self.trace);
        span
    }
}

/// What the platform put into the request's extensions, and the trace of the request's own headers.
impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let context: Self = parts.extensions.get().cloned().unwrap_or_default();
        let values = parts.headers.get_all("traceparent").iter().map(HeaderValue::as_bytes);
        let own_trace = TraceContext::from_values(values);
        Ok(Self { trace: own_trace.or(context.trace), own_trace, ..context })
    }
}
