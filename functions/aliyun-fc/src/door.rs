//! Events to jobs, outcomes to answers.

use crate::{call, records::arrival};
use aliyun_fc_runtime::{
    Context, Diagnostic, Event,
    events::{OssEvents, OssRecord, TriggerEvent},
};
use app::{
    App, Arrived,
    core::{Error, Outcome, Run, Stopped, Trouble},
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
        let run = Run { deadline: call::deadline(context), ..Run::default() };
        let swept = self.app.sweep(call::credentials(context), &run).await;
        let swept = swept.map_err(|error| Diagnostic::new(error.kind().code(), error.to_string()))?;
        let found = &swept.discovered;
        tracing::info!(
            resumed = swept.resumed.len(),
            told = swept.told,
            left = swept.left,
            cleared = swept.cleared,
            found = found.uploads.len(),
            known = found.known,
            older = found.older,
            stopped = found.stopped.map(Stopped::code),
            "swept"
        );
        for Trouble { location, error } in &found.troubles {
            let object = location.as_ref().map(ToString::to_string);
            tracing::error!(object, ?error, code = error.kind().code(), "not looked at");
        }
        let resumed = swept.resumed.iter().map(|(id, ended)| (id, id.as_str(), ended));
        let begun = found.uploads.iter().map(|found| (&found.id, found.location.key.as_str(), &found.ended));
        let results = resumed.chain(begun).map(|(id, key, ended)| {
            if let Err(error) = ended {
                tracing::error!(upload_id = %id, ?error, code = error.kind().code(), "failed");
            }
            RecordResult::Outcome(Outcome::of(key, ended))
        });
        Ok(Answer { results: results.collect() })
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
        let run = Run { deadline: call::deadline(context), ..Run::default() };
        let arrived = self.app.arrived(&location, size, call::credentials(context), &run);
        match arrived.instrument(span.clone()).await {
            Ok(Arrived::Skipped(skipped)) => {
                span.in_scope(|| tracing::info!(reason = skipped, "skipped"));
                Ok(RecordResult::Skipped { key, skipped })
            }
            Ok(Arrived::Published(published)) => Ok(RecordResult::Outcome(Outcome::of(&key, &Ok(published)))),
            Err(error) => {
                span.in_scope(|| tracing::error!(?error, code = error.kind().code(), "failed"));
                if !self.app.is_settled(&error) {
                    return Err(error);
                }
                Ok(RecordResult::Outcome(Outcome::of(&key, &Err(error))))
            }
        }
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
