//! How the function starts, and what that costs beside the least function on the same runtime.

use super::{Rig, peak_kib};
use crate::support::binary;
use axum::{
    Json, Router,
    routing::{get, post},
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    future::pending,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::mpsc, time::timeout};

const STARTS: usize = 31;

/// A runtime API that never has an event; it tells when it is asked for one.
async fn silent_api() -> (String, mpsc::UnboundedReceiver<Instant>) {
    let (asked, asks) = mpsc::unbounded_channel();
    let next = get(async move || {
        asked.send(Instant::now()).unwrap();
        pending::<()>().await;
    });
    let id = [("lambda-extension-identifier", "1")];
    let about = json!({"functionName": "f", "functionVersion": "1", "handler": "h"});
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", next)
        .route("/2020-01-01/extension/register", post(async move || (id, Json(about))))
        .route("/2020-01-01/extension/event/next", get(pending::<()>));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async { axum::serve(listener, router).await });
    (address, asks)
}

/// A process of the function that asks that API for events; ended when dropped.
struct Process(Child);

impl Process {
    fn start(program: &Path, env: &BTreeMap<String, String>, api: &str) -> Self {
        let mut command = Command::new(program);
        command.env_clear().envs(env).env("AWS_LAMBDA_RUNTIME_API", api).stderr(Stdio::null());
        for (name, value) in [("NAME", "f"), ("MEMORY_SIZE", "512"), ("VERSION", "1")] {
            command.env(format!("AWS_LAMBDA_FUNCTION_{name}"), value);
        }
        Self(command.spawn().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn asked(asks: &mut mpsc::UnboundedReceiver<Instant>) -> Instant {
    timeout(Duration::from_secs(30), asks.recv()).await.expect("it asks").unwrap()
}

#[tokio::test]
async fn a_host_of_several_calls_at_once_is_asked_for_as_many() {
    let mut env = Rig::start(&[]).await.env;
    env.insert("AWS_LAMBDA_MAX_CONCURRENCY".to_owned(), "3".to_owned());
    let (api, mut asks) = silent_api().await;
    let _function = Process::start(&binary("oss2youku-lambda"), &env, &api);
    for _ in 0..3 {
        asked(&mut asks).await;
    }
}

fn median<T: Ord + Copy>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

#[tokio::test]
#[ignore = "measures: wants a quiet machine"]
async fn the_function_starts_within_three_times_the_least_functions_time() {
    let env = Rig::start(&[]).await.env;
    let (api, mut asks) = silent_api().await;
    let programs = [binary("examples/hello"), binary("oss2youku-lambda")];
    let mut measured = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
    for _ in 0..STARTS {
        for (program, (times, peaks)) in programs.iter().zip(&mut measured) {
            let begun = Instant::now();
            let process = Process::start(program, &env, &api);
            times.push(asked(&mut asks).await - begun);
            peaks.push(peak_kib(process.0.id()));
        }
    }
    let [least, function] = measured.map(|(times, peaks)| (median(times), median(peaks)));
    let what = format!("least function {least:?} KiB, this one {function:?} KiB");
    assert!(function.0 <= least.0 * 3 && function.1 <= least.1 * 3, "{what}");
}
