//! Events to jobs, outcomes to answers.

use crate::{call, records::arrival};
use aliyun_fc_runtime::{
    Context, Diagnostic, Event,
    events::{OssEvents, OssRecord, TriggerEvent},
};
use app::{
    App,
    core::{Arrival, Error, ErrorKind, Location, Outcome, Published, Run},
};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use tracing::Instrument;

/// The function's answer to an event; nobody but the log and a destination reads it.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    results: Vec<RecordResult>,
}

/// What became of one record.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum RecordResult {
    Outcome(Outcome),
    Skipped { key: String, skipped: &'static str },
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
            TriggerEvent::Timer(timer) => Err(Diagnostic::new(
                "UnknownEvent",
                format!("no timer named {:?} is known", timer.trigger_name),
            )),
            TriggerEvent::Other(document) => Err(Diagnostic::new("UnknownEvent", no_event(document))),
            _ => Err(Diagnostic::new("UnknownEvent", "this kind of event is not known")),
        }
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
            Some(error) => Err(Diagnostic::new(error.kind().code(), error.to_string())),
        }
    }

    /// One record's result, or the error for which the event must come again.
    async fn record(&self, record: &OssRecord, context: &Context) -> Result<RecordResult, Error> {
        let Some((location, size)) = arrival(record) else {
            let (key, skipped) = (record.oss.object.key.clone(), "not_an_arrival");
            tracing::info!(key, reason = skipped, "skipped");
            return Ok(RecordResult::Skipped { key, skipped });
        };
        let key = location.key.clone();
        let span = tracing::info_span!("object", object = %location);
        match self.arrived(&location, size, context).instrument(span.clone()).await {
            Ok(Err(skipped)) => {
                span.in_scope(|| tracing::info!(reason = skipped, "skipped"));
                Ok(RecordResult::Skipped { key, skipped })
            }
            Ok(Ok(published)) => Ok(RecordResult::Outcome(Outcome::of(&key, &Ok(published)))),
            Err(error) => {
                span.in_scope(|| tracing::error!(?error, code = error.kind().code(), "failed"));
                if comes_again(&error) {
                    return Err(error);
                }
                Ok(RecordResult::Outcome(Outcome::of(&key, &Err(error))))
            }
        }
    }

    async fn arrived(
        &self,
        location: &Location,
        size: u64,
        context: &Context,
    ) -> Result<Result<Published, &'static str>, Error> {
        let source = self.app.source(call::credentials(context));
        let (job, object) = match self.app.automatic().decide(&*source, location, size).await? {
            Arrival::Skip(reason) => return Ok(Err(reason)),
            Arrival::Upload { job, object } => (job, object),
        };
        let run = Run { deadline: call::deadline(context), ..Run::default() };
        self.app.uploader(&job.account, source)?.upload(&job, *object, &run).await.map(Ok)
    }
}

/// Why a document is no OSS event: what it lacks, by its path.
fn no_event(document: Value) -> String {
    if !document.is_object() {
        return "this is no OSS event: it is not a JSON object".into();
    }
    let why = serde_json::from_value::<OssEvents>(document).err();
    why.map_or_else(|| "this is no OSS event".into(), |why| format!("this is no OSS event: {why}"))
}

/// Whether delivering the event again can help. A wrong setting is repaired by a person while the platform tries again.
fn comes_again(error: &Error) -> bool {
    !matches!(error.verdict(), app::core::Verdict::Permanent)
        || matches!(error.kind(), ErrorKind::Config | ErrorKind::SourceDenied | ErrorKind::Unauthorised)
}
