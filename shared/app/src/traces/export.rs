//! The export of spans by OTLP over HTTP, as OpenTelemetry's usual variables configure it.

use super::{
    collector::{Collector, EXPORT_TIME},
    context::join,
    finished_spans::FinishedSpans,
    not_exported::NotExported,
};
use crate::adapters::http_clients::http_client;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracerProvider, SpanExporter as _},
};
use std::{env, sync::OnceLock};
use tokio::time::Instant;
use tracing::{Metadata, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

/// Where spans go: one of these must be set.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
const RESOURCE: &str = "OTEL_RESOURCE_ATTRIBUTES";
/// The name of the service unless the variables have another.
const DEFAULT_NAME: &str = "oss2youku";
/// The spans of an upload: others, such as those of libraries and of reading requests, are not exported.
const EXPORTED: [&str; 10] =
    ["event", "request", "task", "publish", "upload", "hash", "create", "parts", "commit", "callback"];

static COLLECTOR: OnceLock<Collector<SpanExporter>> = OnceLock::new();

/// Builds the layer that turns spans into OpenTelemetry's; `None` where no variable names a collector.
///
/// # Errors
/// Where the variables do not fit.
pub(crate) fn layer<S>() -> Result<Option<impl Layer<S>>, NotExported>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let is_set = |name: &&str| env::var(name).is_ok_and(|value| !value.trim().is_empty());
    if !ENDPOINTS.iter().any(is_set) {
        return Ok(None);
    }
    let client = http_client().map_err(|_| NotExported::Tls)?;
    let built = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(EXPORT_TIME)
        .build();
    // The cause may repeat a variable that holds a token.
    let mut exporter = built.map_err(|_| NotExported::Variables)?;
    let has_name =
        is_set(&SERVICE_NAME) || env::var(RESOURCE).is_ok_and(|value| value.contains("service.name="));
    let resource = Resource::builder();
    let resource = if has_name { resource } else { resource.with_service_name(DEFAULT_NAME) }.build();
    exporter.set_resource(&resource);
    let spans = FinishedSpans::default();
    let provider =
        SdkTracerProvider::builder().with_span_processor(spans.clone()).with_resource(resource).build();
    let tracer = provider.tracer(DEFAULT_NAME);
    if COLLECTOR.set(Collector::new(spans, exporter)).is_err() {
        return Ok(None);
    }
    upload_core::join_traces_by(join);
    let layer = tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false);
    Ok(Some(layer.with_filter(filter_fn(is_exported).with_max_level_hint(LevelFilter::DEBUG))))
}

/// Whether this is a span of an upload.
fn is_exported(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && EXPORTED.contains(&metadata.name()) && is_ours(metadata.target())
}

/// Whether the span is the product's, and not that of a request that only reads.
fn is_ours(target: &str) -> bool {
    const CRATES: [&str; 6] = ["upload_core", "app", "http_api", "aliyun_fc", "aws_lambda", "oss2youku"];
    let name = target.split("::").next().unwrap_or(target);
    CRATES.contains(&name) && target != "http_api::deadline"
}

/// Sends the spans that have ended to the collector that the variables name.
pub(super) async fn flush(deadline: Option<Instant>) {
    if let Some(collector) = COLLECTOR.get() {
        collector.flush(deadline).await;
    }
}
