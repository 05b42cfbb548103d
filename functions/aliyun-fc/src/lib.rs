//! The Function Compute adapter: OSS events in, uploads out; an HTTP trigger gets the routes of the HTTP API.
//!
//! | module | its job |
//! |---|---|
//! | [`main`] | settings, logging, the runtime |
//! | `handler` | one event of an OSS or timer trigger to the application and back |
//! | `invocation` | what the platform says about a call: credentials, deadline, request id |
//!
//! The command line runs the same [`main`] as a process of its own for the local host.
#![cfg_attr(test, expect(clippy::expect_used, reason = "a test fails by panicking"))]

mod handler;
mod invocation;

use aliyun_fc_runtime::{Error, Runtime, service_fn, tower::ServiceExt};
use app::App;
use handler::Handler;
use std::{process::ExitCode, sync::Arc};

/// Runs the function until the platform ends it. What stops it at the start is logged.
pub fn main() -> ExitCode {
    app::startup::run_function(serve)
}

async fn serve(app: Arc<App>) -> Result<(), Error> {
    let http = http_api::router(app.clone()).map_request(invocation::with_call);
    let handler = Arc::new(Handler::new(app));
    Runtime::new(service_fn(move |event| {
        let handler = handler.clone();
        async move { handler.handle(event).await }
    }))
    .http(http)
    .run()
    .await
}
