use crate::{Context, Event};
use std::task::{self, Poll};
use tower::{Layer, Service};
use tracing::{Instrument, info_span, instrument::Instrumented};

/// Runs each call in a span `call` that carries the request id, so that every line of a call's log can be found by it.
/// Serves for event handlers and, as a layer of a router, for HTTP handlers.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct TraceLayer;

impl TraceLayer {
    /// The layer.
    pub fn new() -> Self {
        Self
    }
}

impl<S> Layer<S> for TraceLayer {
    type Service = Trace<S>;

    fn layer(&self, inner: S) -> Trace<S> {
        Trace { inner }
    }
}

/// The service of [`TraceLayer`].
#[derive(Debug, Clone)]
pub struct Trace<S> {
    inner: S,
}

impl<S, Q> Service<Q> for Trace<S>
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
        let answer = span.in_scope(|| self.inner.call(request));
        answer.instrument(span)
    }
}

/// A request that knows the call it belongs to.
pub trait HasContext: sealed::Sealed {
    #[doc(hidden)]
    fn context(&self) -> Option<&Context>;
}

impl<T> HasContext for Event<T> {
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
    impl<T> Sealed for crate::Event<T> {}
    impl<B> Sealed for http::Request<B> {}
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use std::{
        convert::Infallible,
        fmt,
        sync::{Arc, Mutex},
    };
    use tower::{ServiceExt, service_fn};
    use tracing::{Metadata, Subscriber, field, span};

    /// Notes the spans that are opened and entered.
    #[derive(Clone, Default)]
    struct Notes(Arc<Mutex<Vec<String>>>);

    impl field::Visit for Notes {
        fn record_debug(&mut self, field: &field::Field, value: &dyn fmt::Debug) {
            self.0.lock().unwrap().push(format!("{field}={value:?}"));
        }
    }

    impl Subscriber for Notes {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
            self.0.lock().unwrap().push(attributes.metadata().name().to_owned());
            attributes.record(&mut self.clone());
            span::Id::from_u64(1)
        }
        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
        fn event(&self, _: &tracing::Event<'_>) {}
        fn enter(&self, _: &span::Id) {
            self.0.lock().unwrap().push("entered".to_owned());
        }
        fn exit(&self, _: &span::Id) {
            self.0.lock().unwrap().push("left".to_owned());
        }
    }

    #[tokio::test]
    async fn a_handler_runs_inside_a_span_with_the_request_id() {
        let mut headers = http::HeaderMap::new();
        headers.insert("x-fc-request-id", "1-2-3".parse().unwrap());
        let event = Event::new((), Context::from_headers(&headers));
        let notes = Notes::default();
        let inside = notes.clone();
        let handler = service_fn(move |_: Event<()>| {
            let inside = inside.clone();
            async move {
                inside.0.lock().unwrap().push("working".to_owned());
                Ok::<_, Infallible>(())
            }
        });
        let _guard = tracing::subscriber::set_default(notes.clone());
        TraceLayer::new().layer(handler).oneshot(event).await.unwrap();
        let notes = notes.0.lock().unwrap().join(" ");
        assert!(notes.starts_with(r#"call request_id="1-2-3" entered left entered working left"#), "{notes}");
    }
}
