//! Events to jobs, outcomes to answers.

use crate::{
    Event, HttpCall, Message, Record, Work,
    answer::{Answer, HttpAnswer},
    call, decode,
};
use app::{
    App, ObjectResult, Task,
    core::{Error, Outcome, RunContext, UploadError as _},
};
use aws_lambda_events::sqs::SqsBatchResponse;
use axum::Router;
use futures_util::FutureExt;
use http_api::RequestContext;
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde_json::Value;
use std::{collections::HashSet, panic::AssertUnwindSafe, sync::Arc};
use tokio::time::Instant;
use tower::ServiceExt;
use tracing::Instrument;

/// What the function keeps between calls.
pub(crate) struct Door {
    app: Arc<App>,
    http: Router,
}

/// One call.
struct Calling {
    request_id: String,
    deadline: Instant,
}

impl Calling {
    fn of(context: Context) -> Self {
        Self { deadline: call::deadline(context.deadline), request_id: context.request_id }
    }

    fn run(&self) -> RunContext {
        RunContext { deadline: Some(self.deadline), ..RunContext::default() }
    }
}

impl Door {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { http: http_api::router(app.clone()), app }
    }

    /// Handles one event.
    ///
    /// # Errors
    /// Makes the platform deliver the event again: only where that can help. What failed for good is in the answer and in the log.
    pub(crate) async fn handle(&self, event: LambdaEvent<Value>) -> Result<Answer, Diagnostic> {
        let (event, context) = event.into_parts();
        let call = Calling::of(context);
        let span = tracing::info_span!("event", request_id = call.request_id);
        async {
            match decode(event)? {
                Event::Works(works) => self.works(works, &call).await,
                Event::Queue(messages) => Ok(Answer::Batch(self.batch(messages, &call).await)),
                Event::Http(request) => self.http(*request, call).await,
            }
        }
        .instrument(span)
        .await
    }

    async fn works(&self, works: Vec<Work>, call: &Calling) -> Result<Answer, Diagnostic> {
        let (mut results, mut again) = (Vec::new(), None);
        let alone = works.len() == 1;
        for work in works {
            let asked = matches!(work, Work::Task(_));
            match self.work(work, &call.request_id, call).await {
                Ok(mut done) => match done.pop() {
                    Some(ObjectResult::Outcome(outcome)) if asked && alone => {
                        return Ok(Answer::Outcome(outcome));
                    }
                    last => results.extend(done.into_iter().chain(last)),
                },
                Err(error) => again = Some(error),
            }
        }
        again.map_or(Ok(Answer::Results { results }), Err)
    }

    /// Every message by itself; those behind a failed one of a FIFO queue's group wait with it.
    async fn batch(&self, messages: Vec<Message>, call: &Calling) -> SqsBatchResponse {
        let mut answer = SqsBatchResponse::default();
        let mut stopped = HashSet::new();
        for Message { id, group, works } in messages {
            let waits = group.as_ref().is_some_and(|group| stopped.contains(group));
            if !waits && self.message(&id, works, call).await {
                continue;
            }
            stopped.extend(group);
            answer.add_failure(id);
        }
        answer
    }

    /// Whether the message is dealt with.
    async fn message(&self, id: &str, works: Result<Vec<Work>, Diagnostic>, call: &Calling) -> bool {
        let span = tracing::info_span!("message", message_id = id);
        let done = async {
            for work in works? {
                self.work(work, id, call).await?;
            }
            Ok(())
        };
        match done.instrument(span.clone()).await {
            Ok(()) => true,
            Err(Diagnostic { error_type, error_message, .. }) => {
                span.in_scope(|| tracing::error!(code = error_type, error = error_message, "comes again"));
                false
            }
        }
    }

    /// `request` is what the caller's request is called, when it is sent once more, too.
    async fn work(&self, work: Work, request: &str, call: &Calling) -> Result<Vec<ObjectResult>, Diagnostic> {
        match work {
            Work::Sweep => self.app.run_sweep(None, &call.run()).await.map_err(|error| unseen(&error)),
            Work::Task(task) => Ok(vec![self.task(&task, request, call).await?]),
            Work::Objects(records) => {
                let (mut results, mut again) = (Vec::with_capacity(records.len()), None);
                for record in records {
                    match self.record(record, call).await {
                        Ok(result) => results.push(result),
                        Err(error) => again = Some(error),
                    }
                }
                again.map_or(Ok(results), |error| Err(diagnostic(&error)))
            }
        }
    }

    async fn record(&self, record: Record, call: &Calling) -> Result<ObjectResult, Error> {
        match record {
            Record::Other { key } => Ok(ObjectResult::skipped(key, "not_an_arrival")),
            Record::Arrived { location, size } => {
                self.app.handle_object_created(&location, size, None, &call.run()).await
            }
        }
    }

    async fn task(&self, task: &Value, request: &str, call: &Calling) -> Result<ObjectResult, Diagnostic> {
        let json = task.to_string();
        let task = Task::from_request(json.as_bytes(), Some(request), self.app.settings());
        let task = task.map_err(|error| unseen(&error))?;
        let result = self.app.run_task(&task, None, &call.run()).await;
        if let Err(error) = &result {
            let (object, upload_id) = (&task.job.location, error.upload_id().map(tracing::field::display));
            tracing::error!(%object, upload_id, ?error, code = error.kind().code(), "failed");
        }
        match result {
            Err(error) if !self.app.is_settled(&error) => Err(diagnostic(&error)),
            result => Ok(ObjectResult::Outcome(Outcome::new(&task.key, &result))),
        }
    }

    async fn http(&self, HttpCall(mut request): HttpCall, call: Calling) -> Result<Answer, Diagnostic> {
        let Calling { request_id, deadline } = call;
        request.extensions_mut().insert(RequestContext {
            request_id,
            credentials: None,
            deadline: Some(deadline),
        });
        let Ok(response) = self.http.clone().oneshot(request).await;
        let answer = HttpAnswer::of(response).await;
        answer.map(Answer::Http).map_err(|_| named("internal", "the answer broke off"))
    }
}

/// Destinations and callers read it: the log has more.
fn diagnostic(error: &Error) -> Diagnostic {
    named(error.kind().code(), error.sentence())
}

/// The same of one that the log has not told yet.
fn unseen(error: &Error) -> Diagnostic {
    tracing::error!(?error, code = error.kind().code(), "failed");
    diagnostic(error)
}

fn named(error_type: &str, error_message: impl Into<String>) -> Diagnostic {
    Diagnostic { error_type: error_type.into(), error_message: error_message.into() }
}

/// A panic fails one call, under a name of its own; its words are in the log alone.
pub(crate) async fn orderly<T>(
    handling: impl Future<Output = Result<T, Diagnostic>>,
) -> Result<T, Diagnostic> {
    let handled = AssertUnwindSafe(handling).catch_unwind().await;
    handled.unwrap_or_else(|_| Err(named("Panic", "the function panicked")))
}

#[cfg(test)]
mod tests;
