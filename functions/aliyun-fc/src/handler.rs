//! Events to uploads, outcomes to responses.

use crate::invocation;
use aliyun_fc_events::{OssEvents, OssRecord, TriggerEvent};
use aliyun_fc_runtime::{Context, Diagnostic, FcEvent};
use app::{
    App, ObjectResult,
    core::{Error, Location, Provider, RunContext, TraceContext, UploadError as _},
};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use tracing::{Instrument, field::Empty};

/// The function's response to an event; only the log and a destination read it.
#[derive(Debug, Serialize)]
pub(crate) struct EventResponse {
    results: Vec<ObjectResult>,
}

/// What the function keeps between calls.
pub(crate) struct Handler {
    app: Arc<App>,
}

impl Handler {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Handles one event.
    ///
    /// # Errors
    /// Makes the platform deliver the event again: only where that can help. A final failure is in the response and in the log.
    pub(crate) async fn handle(&self, event: FcEvent<TriggerEvent>) -> Result<EventResponse, Diagnostic> {
        http_api::note_event();
        let (payload, context) = event.into_parts();
        let ended = self.handle_payload(payload, &context).await;
        app::flush_traces(invocation::run(&context, None).deadline).await;
        ended
    }

    async fn handle_payload(
        &self,
        payload: TriggerEvent,
        context: &Context,
    ) -> Result<EventResponse, Diagnostic> {
        let asked = invocation::trace(context);
        match payload {
            TriggerEvent::Oss(events) => {
                let span = tracing::info_span!("event", request_id = context.request_id(), trace_id = Empty);
                let trace = app::begin_trace(&span, asked);
                self.handle_records(events, context, trace).instrument(span).await
            }
            TriggerEvent::Timer(_) => {
                let span = tracing::info_span!("sweep", request_id = context.request_id(), trace_id = Empty);
                app::begin_trace(&span, asked);
                self.sweep(context).instrument(span).await
            }
            TriggerEvent::Other(document) => Err(Diagnostic::new("UnknownEvent", explain_refusal(document))),
            _ => Err(Diagnostic::new("UnknownEvent", "this kind of event is not known")),
        }
    }

    /// Every timer of the function runs the sweep.
    async fn sweep(&self, context: &Context) -> Result<EventResponse, Diagnostic> {
        let run = invocation::run(context, None);
        let swept = self.app.run_sweep(invocation::credentials(context), &run).await;
        let results = swept.map_err(|error| {
            tracing::error!(?error, code = error.kind().code(), "no sweep");
            into_diagnostic(&error)
        })?;
        Ok(EventResponse { results })
    }

    async fn handle_records(
        &self,
        events: OssEvents,
        context: &Context,
        trace: Option<TraceContext>,
    ) -> Result<EventResponse, Diagnostic> {
        let mut results = Vec::with_capacity(events.records.len());
        let mut retryable = None;
        for record in &events.records {
            let run = invocation::run(context, trace);
            match self.handle_record(record, context, &run).await {
                Ok(result) => results.push(result),
                Err(error) => retryable = Some(error),
            }
        }
        match retryable {
            None => Ok(EventResponse { results }),
            Some(error) => Err(into_diagnostic(&error)),
        }
    }

    /// One record's result, or the error for which the event must come again.
    async fn handle_record(
        &self,
        record: &OssRecord,
        context: &Context,
        run: &RunContext,
    ) -> Result<ObjectResult, Error> {
        let Some((location, size)) = created_object(record) else {
            return Ok(ObjectResult::skipped(record.oss.object.key.clone(), "not_an_arrival"));
        };
        self.app.handle_object_created(&location, size, invocation::credentials(context), run).await
    }
}

/// Where the object is that the record reports as created, and its size in bytes if the record states one; `None` where it reports
/// something else.
///
/// An object that was appended to or linked may still change. Whether it is skipped as `not_whole` is decided by what the object is at
/// that time, and by its rule.
fn created_object(record: &OssRecord) -> Option<(Location, Option<u64>)> {
    let location = || Location {
        provider: Provider::Oss,
        bucket: record.oss.bucket.name.clone(),
        key: record.oss.object.key.clone(),
        region: record.region.clone(),
    };
    // A negative size states nothing.
    let size = record.oss.object.size.and_then(|size| u64::try_from(size).ok());
    record.has_created_object().then(|| (location(), size))
}

/// The diagnostic that destinations and callers read: the log has more.
fn into_diagnostic(error: &Error) -> Diagnostic {
    Diagnostic::new(error.kind().code(), error.sentence())
}

/// Why a document is no OSS event: what it lacks, by its path.
fn explain_refusal(document: Value) -> String {
    if !document.is_object() {
        return "this is no OSS event: it is not a JSON object".into();
    }
    let why = serde_json::from_value::<OssEvents>(document).err();
    why.map_or_else(|| "this is no OSS event".into(), |why| format!("this is no OSS event: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(name: &str) -> OssRecord {
        let event = json!({"events": [{
            "eventName": name, "eventSource": "acs:oss", "region": "cn-hangzhou",
            "oss": {"bucket": {"name": "b"}, "object": {"key": "a b+c%20中.mp4", "size": 5}}
        }]});
        let mut events: OssEvents = serde_json::from_value(event).expect("an event");
        events.records.remove(0)
    }

    #[test]
    fn only_records_of_created_objects_are_uploaded() {
        for name in ["ObjectCreated:PutObject", "oss:ObjectCreated:CompleteMultipartUpload"] {
            assert!(created_object(&record(name)).is_some(), "{name}");
        }
        for name in ["ObjectCreated:UploadPart", "ObjectRemoved:DeleteObject"] {
            assert!(created_object(&record(name)).is_none(), "{name}");
        }
    }

    /// Keys of OSS are not encoded, unlike those of S3.
    #[test]
    fn the_key_is_taken_as_it_stands() {
        let (location, size) = created_object(&record("ObjectCreated:PutObject")).expect("an object");
        assert_eq!((location.key.as_str(), size), ("a b+c%20中.mp4", Some(5)));
    }

    /// The object is uploaded all the same: the HEAD that follows knows its size.
    #[test]
    fn a_missing_or_negative_size_is_unknown() {
        for size in [None, Some(-1)] {
            let mut record = record("ObjectCreated:PutObject");
            record.oss.object.size = size;
            let (_, size) = created_object(&record).expect("an object");
            assert_eq!(size, None);
        }
    }
}
