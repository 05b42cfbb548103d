use crate::{context::Context, fc_event::FcEvent};
use std::task::{self, Poll};
use tower::{Layer, Service};
use tracing::{Instrument, info_span, instrument::Instrumented};

/// Runs each call in a span `call` with the field `request_id`, so that every line of a call's log can be found by it.
/// It serves event handlers and, as a layer of a router, HTTP handlers.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct TracingLayer;

impl TracingLayer {
    /// The layer.
    pub fn new() -> Self {
        Self
    }
}

impl<S> Layer<S> for TracingLayer {
    type Service = TracingService<S>;

    fn layer(&self, inner: S) -> TracingService<S> {
        TracingService { inner }
    }
}

/// The service of [`TracingLayer`].
#[derive(Debug, Clone)]
pub struct TracingService<S> {
    inner: S,
}

impl<S, Q> Service<Q> for TracingService<S>
where
    S: Service<Q>,
    Q: HasContext,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Instrumented<S::Future>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Q) -> Self::Future {
        let span = info_span!("call", request_id = request.context().map(Context::request_id));
        let response = span.in_scope(|| self.inner.call(request));
        response.instrument(span)
    }
}

/// A request that knows the call it belongs to.
pub trait HasContext: sealed::Sealed {
    #[doc(hidden)]
    fn context(&self) -> Option<&Context>;
}

impl<T> HasContext for FcEvent<T> {
    fn context(&self) -> Option<&Context> {
        Some(&self.context)
    }
}

impl<B> HasContext for http::Request<B> {
    fn context(&self) -> Option<&Context> {
        self.extensions().get()
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T> Sealed for crate::fc_event::FcEvent<T> {}
    impl<B> Sealed for http::Request<B> {}
}
