//! The Lambda door: events of S3, SQS, SNS and EventBridge, tasks and HTTP calls in, uploads out.
//!
//! Event, work, answer: what lies between is `app`'s and the core's. [`decode`] and the answers of [`answer`] are pure; the rest of the
//! crate hands one to the other.
#![cfg_attr(test, expect(clippy::expect_used, reason = "a test fails by panicking"))]

pub mod answer;
mod call;
mod decode;
mod door;
mod event;
mod http;
mod kind;
mod oss;
mod queue;
mod s3;

pub use decode::decode;
pub use event::{Event, Message, Record, Work};
pub use http::HttpCall;
pub use lambda_runtime::Diagnostic;

use answer::Answer;
use app::{App, Settings};
use door::Door;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde_json::Value;
use std::{process::ExitCode, sync::Arc};

/// Where the runtime API is; whoever runs a function sets it.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Runs the function until the platform ends it. What stops it at the start is logged.
pub fn main() -> ExitCode {
    let settings = match Settings::load() {
        Ok(settings) => settings,
        Err(error) => {
            app::start_logging(&Default::default());
            tracing::error!(%error, "the settings do not fit");
            return ExitCode::FAILURE;
        }
    };
    app::start_logging(&settings.log);
    // The runtime would panic.
    if std::env::var_os(RUNTIME_API).is_none() {
        tracing::error!("{RUNTIME_API} is not set: this program is run by Lambda, or by an emulator of it");
        return ExitCode::FAILURE;
    }
    match serve(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function cannot run");
            ExitCode::FAILURE
        }
    }
}

/// One thread: moving bytes waits for the network, and a thread less is memory and start time less.
#[tokio::main(flavor = "current_thread")]
async fn serve(settings: Settings) -> Result<(), Error> {
    let app = Arc::new(App::from_settings(settings)?);
    app.warn_of_open_sources();
    let door = Arc::new(Door::new(app));
    let handler = move |event| {
        let door = door.clone();
        async move { door.handle(event).await }
    };
    run(handler).await
}

/// Answers events with a handler until the platform ends the process: one after the other, or as many at once as
/// `AWS_LAMBDA_MAX_CONCURRENCY` says. A panic of the handler fails its call alone, as the error `Panic`.
///
/// At SIGTERM the process ends at once: Lambda leaves it some 500 ms, which is too little to put an upload down in order. An upload in
/// hand loses nothing but time: whoever goes on with it waits until its lease has run out.
///
/// # Errors
/// Where the runtime API fails.
///
/// # Panics
/// Where the variables are missing that Lambda sets, or the runtime API registers no extension: without one no SIGTERM comes.
pub async fn run<Handled>(
    handler: impl Fn(LambdaEvent<Value>) -> Handled + Clone + Send + 'static,
) -> Result<(), Error>
where
    Handled: Future<Output = Result<Answer, Diagnostic>> + Send + 'static,
{
    lambda_runtime::spawn_graceful_shutdown_handler(async || tracing::info!("stopping")).await;
    let orderly = service_fn(move |event: LambdaEvent<Value>| door::orderly(handler(event)));
    Box::pin(Runtime::new(orderly).run_concurrent()).await
}
