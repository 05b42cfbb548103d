//! Events to uploads, outcomes to responses.

use crate::{
    error::{diagnostic, into_diagnostic, log_error},
    events::{Action, Event, Message, ObjectRecord, TaskRequest, decode},
    http_form::HttpForm,
    http_response::HttpResponse,
    invocation::Invocation,
    response::{EventResponse, Reply, stream},
};
use app::{
    App, ObjectResult, Task,
    core::{Error, Outcome, RunContext, TraceContext, UploadError as _},
};
use aws_lambda_events::sqs::SqsBatchResponse;
use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Request},
};
use futures_util::FutureExt;
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::Value;
use std::{collections::HashSet, panic::AssertUnwindSafe, sync::Arc};
use tower::ServiceExt;
use tracing::{
    Instrument,
    field::{Empty, display},
};

/// What the function keeps between invocations.
pub struct Handler {
    app: Arc<App>,
    http: Router,
}

impl Handler {
    /// A handler of events for this application.
    pub fn new(app: Arc<App>) -> Self {
        Self { http: http_api::router(app.clone()), app }
    }

    /// Handles one event.
    ///
    /// # Errors
    /// Makes the platform deliver the event again: only where that can help. A final failure is in the response and in the log.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Reply, Diagnostic> {
        let (event, context) = event.into_parts();
        let mut invocation = Invocation::new(context);
        let event = decode(event);
        if let Ok(Event::Http(request, _)) = &event {
            let values = request.headers().get_all("traceparent").iter().map(HeaderValue::as_bytes);
            invocation.trace = TraceContext::from_values(values).or(invocation.trace);
        }
        let span = tracing::info_span!("event", request_id = invocation.request_id, trace_id = Empty);
        invocation.trace = app::begin_trace(&span, invocation.trace);
        let deadline = invocation.run().deadline;
        let handling = async {
            match event? {
                Event::Actions(actions) => self.run_actions(actions, &invocation).await.map(Reply::from),
                Event::Queue(messages) => {
                    Ok(EventResponse::Batch(self.handle_batch(messages, &invocation).await).into())
                }
                Event::Http(request, form) => self.serve_http(*request, form, invocation).await,
            }
        };
        let ended = handling.instrument(span).await;
        app::flush_traces(deadline).await;
        ended
    }

    /// Runs every action; one error makes the whole event come again, after the others have run.
    async fn run_actions(
        &self,
        actions: Vec<Action>,
        invocation: &Invocation,
    ) -> Result<EventResponse, Diagnostic> {
        let (mut results, mut retryable) = (Vec::new(), None);
        let alone = actions.len() == 1;
        for action in actions {
            let is_task = matches!(action, Action::Task { .. });
            match self.run_action(action, &invocation.request_id, invocation).await {
                Ok(mut done) => match done.pop() {
                    Some(ObjectResult::Outcome(outcome)) if is_task && alone => {
                        return Ok(EventResponse::Outcome(outcome));
                    }
                    last => results.extend(done.into_iter().chain(last)),
                },
                Err(error) => retryable = Some(error),
            }
        }
        retryable.map_or(Ok(EventResponse::Results { results }), Err)
    }

    /// Handles every message by itself. After a failure in a group of a FIFO queue, the rest of the group fails with it, to keep its order.
    async fn handle_batch(&self, messages: Vec<Message>, invocation: &Invocation) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        let mut failed_groups = HashSet::new();
        for Message { id, group, actions } in messages {
            let must_wait = group.as_ref().is_some_and(|group| failed_groups.contains(group));
            if !must_wait && self.handle_message(&id, actions, invocation).await {
                continue;
            }
            failed_groups.extend(group);
            response.add_failure(id);
        }
        response
    }

    /// Whether the message is done and need not come again.
    async fn handle_message(
        &self,
        id: &str,
        actions: Result<Vec<Action>, Diagnostic>,
        invocation: &Invocation,
    ) -> bool {
        let span = tracing::info_span!("message", message_id = id);
        let done = async {
            let mut done = Ok(());
            for action in actions? {
                // One error makes the message come again, after the other actions have run.
                done = self.run_action(action, id, invocation).await.map(drop).and(done);
            }
            done
        };
        match done.instrument(span.clone()).await {
            Ok(()) => true,
            Err(Diagnostic { error_type, error_message, .. }) => {
                span.in_scope(|| tracing::error!(code = error_type, error = error_message, "comes again"));
                false
            }
        }
    }

    /// Runs one action. `request_id` names the caller's request and stays the same when the request comes again.
    async fn run_action(
        &self,
        action: Action,
        request_id: &str,
        invocation: &Invocation,
    ) -> Result<Vec<ObjectResult>, Diagnostic> {
        match action {
            Action::Sweep => {
                self.app.run_sweep(None, &invocation.run()).await.map_err(|error| log_error(&error))
            }
            Action::Task { task, request } => {
                let request_id = match &request {
                    TaskRequest::Current => Some(request_id),
                    TaskRequest::Earlier(id) => Some(id.as_str()),
                    TaskRequest::Unnamed => None,
                };
                Ok(vec![self.run_task(&task, request_id, invocation).await?])
            }
            Action::Fail(error) => {
                let Diagnostic { error_type: code, error_message: error_text, .. } = &error;
                tracing::error!(code, error = error_text, "a part of the event cannot be read");
                Err(error)
            }
            Action::Objects(records) => {
                let (mut results, mut retryable) = (Vec::with_capacity(records.len()), None);
                for record in records {
                    match self.handle_record(record, invocation).await {
                        Ok(result) => results.push(result),
                        Err(error) => retryable = Some(error),
                    }
                }
                retryable.map_or(Ok(results), |error| Err(into_diagnostic(&error)))
            }
        }
    }

    async fn handle_record(
        &self,
        record: ObjectRecord,
        invocation: &Invocation,
    ) -> Result<ObjectResult, Error> {
        match record {
            ObjectRecord::Other { key } => Ok(ObjectResult::skipped(key, "not_an_arrival")),
            ObjectRecord::Created { location, size } => {
                self.app.handle_object_created(&location, size, None, &invocation.run()).await
            }
        }
    }

    async fn run_task(
        &self,
        task: &Value,
        request_id: Option<&str>,
        invocation: &Invocation,
    ) -> Result<ObjectResult, Diagnostic> {
        let json = task.to_string();
        let task = Task::from_request(json.as_bytes(), request_id, self.app.settings());
        let task = task.map_err(|error| log_error(&error))?;
        let span = tracing::info_span!("task", trace_id = Empty);
        let run = invocation.run();
        let trace = task.trace.map_or(run.trace, |trace| app::begin_trace(&span, Some(trace)));
        let run = RunContext { trace, ..run };
        let running = self.app.run_task(&task, None, &run);
        let result = running.instrument(span.clone()).await;
        if let Err(error) = &result {
            let (object, upload_id) = (&task.job.location, error.upload_id().map(display));
            span.in_scope(
                || tracing::error!(%object, upload_id, ?error, code = error.kind().code(), "failed"),
            );
        }
        match result {
            Err(error) if !self.app.is_settled(&error) => Err(into_diagnostic(&error)),
            result => Ok(ObjectResult::Outcome(Box::new(Outcome::new(&task.key, &result)))),
        }
    }

    async fn serve_http(
        &self,
        mut request: Request<Body>,
        form: HttpForm,
        invocation: Invocation,
    ) -> Result<Reply, Diagnostic> {
        request.extensions_mut().insert(invocation.into_request_context());
        let Ok(response) = self.http.clone().oneshot(request).await;
        if form == HttpForm::FunctionUrl && self.app.settings().http.stream_responses {
            return Ok(stream(response));
        }
        let response = HttpResponse::from_response(response, form).await;
        response
            .map(|response| EventResponse::Http(response).into())
            .map_err(|_| diagnostic("internal", "the answer broke off"))
    }
}

/// Turns a panic into an error of its own type, so that it fails one invocation. The panic's text is only in the log.
pub(crate) async fn catch_panic<T>(
    handling: impl Future<Output = Result<T, Diagnostic>>,
) -> Result<T, Diagnostic> {
    let outcome = AssertUnwindSafe(handling).catch_unwind().await;
    outcome.unwrap_or_else(|_| Err(diagnostic("Panic", "the function panicked")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_of_its_own_type() {
        let error = catch_panic::<()>(async { unreachable!("s3cret") }).await.expect_err("a panic");
        assert_eq!(
            (error.error_type.as_str(), error.error_message.as_str()),
            ("Panic", "the function panicked")
        );
    }
}
