//! The Lambda adapter: events of S3, SQS, SNS, EventBridge and OSS, tasks and HTTP requests in, uploads out.
//!
//! | module | its job |
//! |---|---|
//! | [`main`], [`run`] | settings, logging, the runtime |
//! | `events` | [`decode`]: an event's JSON to the [`Action`]s that it asks for |
//! | `handler` | [`Handler`]: actions to the application, outcomes to responses |
//! | `invocation` | what Lambda says about an invocation: request id, deadline |
//! | `response`, `http_response` | [`Reply`], [`EventResponse`], [`HttpResponse`]: a form for each kind of caller |
//! | `http_form` | [`HttpForm`]: who turned an HTTP request into an event |
//! | `error` | errors as Lambda reports them |
//!
//! [`decode`] and the responses are pure; the handler connects them.
//!
//! # Which types of others read an event
//! `aws_lambda_events` has the type of the response to SQS; `aliyun-fc-events` has those of OSS's events. `serde_path_to_error` names the
//! path that does not fit. Our own small structs read the rest, and only what is needed, because the published types refuse what senders
//! in the field send:
//!
//! | what | which published type | why not |
//! |---|---|---|
//! | S3 notifications | `aws_lambda_events` 1.2, `s3` | refuses a record without `eventTime`, `userIdentity` or `requestParameters`, as services that imitate S3 send it; never decodes the key |
//! | S3 through EventBridge | `aws_lambda_events` 1.2, `eventbridge` | refuses the event for a time that is not in RFC 3339, though nobody needs the time |
//! | messages of SQS | `aws_lambda_events` 1.2, `sqs` | refuses the whole batch for one attribute with `stringListValues: null`, or with a binary value that is not base64 |
//! | messages of SNS, in a queue or not | `aws_lambda_events` 1.2, `sns` | demands a time, a signature and two URLs, which services that imitate SNS leave out |
//! | HTTP requests | `lambda_http` 1.3, `apigw_http`, `apigw_rest`, `alb` | refuses a header of null, which hosts other than Lambda send; panics at a body that is not base64; its error names no path; its request type is hidden from the docs; 9 more crates |
#![cfg_attr(test, expect(clippy::expect_used, reason = "a test fails by panicking"))]

mod error;
mod events;
mod handler;
mod http_form;
mod http_response;
mod invocation;
mod response;

pub use events::{Action, Event, Message, ObjectRecord, TaskRequest, decode};
pub use handler::Handler;
pub use http_form::HttpForm;
pub use http_response::HttpResponse;
pub use lambda_runtime::Diagnostic;
pub use response::{EventResponse, Reply};

use app::App;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde_json::Value;
use std::{process::ExitCode, sync::Arc};
use tokio::signal::unix::{SignalKind, signal};

/// The variable with the address of the runtime API; the host of a function sets it.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Runs the function until the platform ends it. What stops it at the start is logged.
pub fn main() -> ExitCode {
    app::startup::run_function(serve)
}

async fn serve(app: Arc<App>) -> Result<(), Error> {
    // The runtime would panic.
    if std::env::var_os(RUNTIME_API).is_none() {
        let why = "is not set: this program is run by Lambda, or by an emulator of it";
        return Err(format!("{RUNTIME_API} {why}").into());
    }
    let handler = Arc::new(Handler::new(app));
    run(move |event| {
        let handler = handler.clone();
        async move { handler.handle(event).await }
    })
    .await
}

/// Runs a handler for every event until the process gets SIGTERM: one event after the other, or as many at once as
/// `AWS_LAMBDA_MAX_CONCURRENCY` says. A panic of the handler fails only its invocation, with the error type `Panic`; one in a
/// response that is streamed ends the stream without an outcome.
///
/// At SIGTERM the process ends at once: 500 ms are left, too little to release an upload in order. A running upload loses only time: its
/// next holder waits until the lease has expired. Lambda itself sends the signal only to functions with extensions. `lambda_runtime`
/// can register an empty one for that (`graceful-shutdown`), but it would cost every cold start a request, and there is nothing to save.
///
/// # Errors
/// Where the runtime API fails, or the process cannot listen for signals.
///
/// # Panics
/// Where a variable that Lambda sets is missing.
pub async fn run<Handled>(
    handler: impl Fn(LambdaEvent<Value>) -> Handled + Clone + Send + 'static,
) -> Result<(), Error>
where
    Handled: Future<Output = Result<Reply, Diagnostic>> + Send + 'static,
{
    // In a container the process is PID 1, for which the signal has no default effect.
    let mut sigterm = signal(SignalKind::terminate())?;
    let service = service_fn(move |event: LambdaEvent<Value>| handler::catch_panic(handler(event)));
    tokio::select! {
        served = Box::pin(Runtime::new(service).run_concurrent()) => served,
        _ = sigterm.recv() => {
            tracing::info!("stopping");
            Ok(())
        }
    }
}
