//! The span that the tracing layer opens.

use aliyun_fc_runtime::{Context, FcEvent, Layer, layers::TracingLayer};
use std::{
    convert::Infallible,
    fmt,
    sync::{Arc, Mutex},
};
use tower::{ServiceExt, service_fn};
use tracing::{Metadata, Subscriber, field, span};

/// Records the spans that are opened and entered.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl field::Visit for Recorder {
    fn record_debug(&mut self, field: &field::Field, value: &dyn fmt::Debug) {
        self.0.lock().unwrap().push(format!("{field}={value:?}"));
    }
}

impl Subscriber for Recorder {
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
    let event = FcEvent::new((), Context::from_headers(&headers));
    let recorder = Recorder::default();
    let inside = recorder.clone();
    let handler = service_fn(move |_: FcEvent<()>| {
        let inside = inside.clone();
        async move {
            inside.0.lock().unwrap().push("working".to_owned());
            Ok::<_, Infallible>(())
        }
    });
    let _guard = tracing::subscriber::set_default(recorder.clone());
    TracingLayer::new().layer(handler).oneshot(event).await.unwrap();
    let recorder = recorder.0.lock().unwrap().join(" ");
    assert!(
        recorder.starts_with(r#"call request_id="1-2-3" entered left entered working left"#),
        "{recorder}"
    );
}
