//! Returns what the platform says about a call, and ends a call in each way it can end: to see the effect of a setting of
//! the function or of its triggers. Try it: `cargo run --example inspect`, then
//! `curl -d '{}' http://127.0.0.1:9000/invoke`, or `-d '{"end":"panic"}'`.

#![expect(clippy::panic, clippy::print_stdout, reason = "the example shows what the platform makes of them")]

use aliyun_fc_runtime::{Context, Diagnostic, Error, FcEvent, Runtime, service_fn};
use axum::{Json, Router, extract::Extension, routing::any};
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::Relaxed},
};

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    end: End,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum End {
    #[default]
    Answer,
    Error,
    Panic,
    /// Returns once this many calls are here at the same time.
    Together(usize),
}

/// What the instance has counted.
#[derive(Default)]
struct Counters {
    initialized: AtomicU32,
    calls: AtomicU32,
    /// Calls that are never answered.
    waiting: AtomicU32,
    /// Those of them whose caller left.
    left: AtomicU32,
    /// Calls that wait for others.
    here: tokio::sync::watch::Sender<usize>,
}

/// Counts a call that is dropped before its end.
struct LeavingCaller<'a>(&'a Counters);

impl Drop for LeavingCaller<'_> {
    fn drop(&mut self) {
        self.0.left.fetch_add(1, Relaxed);
    }
}

fn report(counters: &Counters, context: &Context) -> Value {
    json!({
        "request_id": context.request_id(),
        "function": context.function_name(),
        "region": context.region(),
        "memory_mb": context.memory_mb(),
        "retry_count": context.retry_count(),
        "seconds_left": context.remaining().map(|left| left.as_secs()),
        // Only the id of the key: it is no secret.
        "key": context.credentials().map(|credentials| credentials.access_key_id()),
        "token": context.credentials().is_some_and(|credentials| credentials.security_token().is_some()),
        "initialized": counters.initialized.load(Relaxed),
        "calls": counters.calls.load(Relaxed),
        "waiting": counters.waiting.load(Relaxed),
        "left": counters.left.load(Relaxed),
        "pid": std::process::id(),
    })
}

async fn on_event(counters: Arc<Counters>, event: FcEvent<Request>) -> Result<Value, Diagnostic> {
    counters.calls.fetch_add(1, Relaxed);
    match event.payload.end {
        End::Answer => {}
        End::Error => return Err(Diagnostic::new("Wished", "as you wished")),
        End::Panic => panic!("as you wished"),
        End::Together(count) => {
            counters.here.send_modify(|here| *here += 1);
            counters
                .here
                .subscribe()
                .wait_for(|here| *here >= count)
                .await
                .map_err(Diagnostic::from_error)?;
        }
    }
    Ok(report(&counters, &event.context))
}

/// Reads the body to its end; `/wait` never responds.
async fn on_request(
    Extension(counters): Extension<Arc<Counters>>,
    Extension(context): Extension<Context>,
    request: axum::extract::Request,
) -> Json<Value> {
    let path = request.uri().path().to_owned();
    let (mut body, mut bytes) = (request.into_body(), 0);
    while let Some(Ok(frame)) = body.frame().await {
        bytes += frame.data_ref().map_or(0, |data| data.len());
    }
    if path == "/wait" {
        let _leaving = LeavingCaller(&counters);
        counters.waiting.fetch_add(1, Relaxed);
        std::future::pending::<()>().await;
    }
    let mut response = report(&counters, &context);
    response["bytes"] = bytes.into();
    Json(response)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let counters = Arc::<Counters>::default();
    let router = Router::new().fallback(any(on_request)).layer(Extension(counters.clone()));
    let (first, events) = (counters.clone(), counters.clone());
    Runtime::new(service_fn(move |event| on_event(events.clone(), event)))
        .http(router)
        .initializer(move |_: Context| {
            first.initialized.fetch_add(1, Relaxed);
            async { Ok::<_, Error>(()) }
        })
        .pre_stop(|_: Context| async {
            println!("the end");
            Ok::<_, Error>(())
        })
        .run()
        .await
}
