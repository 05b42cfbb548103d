//! Events to jobs, outcomes to answers.

use crate::{call, records::arrival};
use aliyun_fc_runtime::{
    Context, Diagnostic, Event,
    events::{OssEvents, OssRecord, TriggerEvent},
};
use app::{
    App, ObjectResult,
    core::{Error, RunContext, UploadError as _},
};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use tracing::Instrument;

/// The function's answer to an event; nobody but the log and a destination reads it.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    results: Vec<ObjectResult>,
}

/// What the function keeps between calls.
pub(crate) struct Door {
    app: Arc<App>,
}

impl Door {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Handles one event.
    ///
    /// # Errors
    /// Makes the platform deliver the event again: only where that can help. What failed for good is in the answer and in the log.
    pub(crate) async fn event(&self, event: Event<TriggerEvent>) -> Result<Answer, Diagnostic> {
        let (payload, context) = event.into_parts();
        match payload {
            TriggerEvent::Oss(events) => {
                let span = tracing::info_span!("event", request_id = context.request_id());
                self.objects(events, &context).instrument(span).await
            }
            TriggerEvent::Timer(_) => {
                let span = tracing::info_span!("sweep", request_id = context.request_id());
                self.sweep(&context).instrument(span).await
            }
            TriggerEvent::Other(document) => Err(Diagnostic::new("UnknownEvent", no_event(document))),
            _ => Err(Diagnostic::new("UnknownEvent", "this kind of event is not known")),
        }
    }

    /// Every timer of the function calls the sweep.
    async fn sweep(&self, context: &Context) -> Result<Answer, Diagnostic> {
        let run = RunContext { deadline: call::deadline(context), ..RunContext::default() };
        let swept = self.app.run_sweep(call::credentials(context), &run).await;
        let results = swept.map_err(|error| {
            tracing::error!(?error, code = error.kind().code(), "no sweep");
            diagnostic(&error)
        })?;
        Ok(Answer { results })
    }

    async fn objects(&self, events: OssEvents, context: &Context) -> Result<Answer, Diagnostic> {
        let mut results = Vec::with_capacity(events.records.len());
        let mut again = None;
        for record in &events.records {
            match self.record(record, context).await {
                Ok(result) => results.push(result),
                Err(error) => again = Some(error),
            }
        }
        match again {
            None => Ok(Answer { results }),
            Some(error) => Err(diagnostic(&error)),
        }
    }

    /// One record's result, or the error for which the event must come again.
    async fn record(&self, record: &OssRecord, context: &Context) -> Result<ObjectResult, Error> {
        let Some((location, size)) = arrival(record) else {
            return Ok(ObjectResult::skipped(record.oss.object.key.clone(), "not_an_arrival"));
        };
        let run = RunContext { deadline: call::deadline(context), ..RunContext::default() };
        self.app.handle_object_created(&location, size, call::credentials(context), &run).await
    }
}

/// Destinations and callers read it: the log has more.
fn diagnostic(error: &Error) -> Diagnostic {
    Diagnostic::new(error.kind().code(), error.sentence())
}

/// Why a document is no OSS event: what it lacks, by its path.
fn no_event(document: Value) -> String {
    if !document.is_object() {
        return "this is no OSS event: it is not a JSON object".into();
    }
    let why = serde_json::from_value::<OssEvents>(document).err();
    why.map_or_else(|| "this is no OSS event".into(), |why| format!("this is no OSS event: {why}"))
}
