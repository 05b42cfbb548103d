//! A runtime API that hands out scripted events, to as many callers at once as ask. AWS's emulator does that
//! only for a program in the place of a real function's.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    future::pending,
    path::Path as FilePath,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::timeout,
};

const TIMEOUT: Duration = Duration::from_secs(60);

/// The trace of every invocation, as Lambda sends it.
pub(crate) const TRACE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

struct Script {
    events: Mutex<VecDeque<(usize, Value)>>,
    asked: UnboundedSender<Instant>,
    answered: UnboundedSender<Answered>,
}

/// What the function said to one event.
#[derive(Debug)]
pub(crate) struct Answered {
    /// The event's number.
    pub(crate) number: usize,
    /// `response` or `error`.
    pub(crate) way: String,
    pub(crate) body: Value,
}

/// A running server; it lives until the test ends.
pub(crate) struct RuntimeApi {
    pub(crate) address: String,
    asks: UnboundedReceiver<Instant>,
    answers: UnboundedReceiver<Answered>,
}

impl RuntimeApi {
    /// Serves these events, and then none forever.
    pub(crate) async fn start(events: Vec<Value>) -> Self {
        let ((asked, asks), (answered, answers)) = (unbounded_channel(), unbounded_channel());
        let events = Mutex::new(events.into_iter().enumerate().collect());
        let id = [("lambda-extension-identifier", "1")];
        let about = json!({"functionName": "f", "functionVersion": "1", "handler": "h"});
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{number}/{way}", post(answer))
            .route("/2020-01-01/extension/register", post(async move || (id, Json(about))))
            .route("/2020-01-01/extension/event/next", get(pending::<()>))
            .with_state(Arc::new(Script { events, asked, answered }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { address, asks, answers }
    }

    /// When the function next asked for an event.
    pub(crate) async fn asked(&mut self) -> Instant {
        timeout(TIMEOUT, self.asks.recv()).await.expect("it asks").unwrap()
    }

    /// The function's next answer.
    pub(crate) async fn answered(&mut self) -> Answered {
        timeout(TIMEOUT, self.answers.recv()).await.expect("it answers").unwrap()
    }
}

async fn next(State(script): State<Arc<Script>>) -> Response {
    let _ = script.asked.send(Instant::now());
    let event = script.events.lock().unwrap().pop_front();
    let Some((number, event)) = event else { return pending().await };
    let until = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() + TIMEOUT;
    let headers = [
        ("lambda-runtime-aws-request-id", number.to_string()),
        ("lambda-runtime-deadline-ms", until.as_millis().to_string()),
        ("lambda-runtime-trace-id", TRACE.to_owned()),
    ];
    (headers, Json(event)).into_response()
}

async fn answer(
    State(script): State<Arc<Script>>,
    Path((number, way)): Path<(usize, String)>,
    body: Bytes,
) -> StatusCode {
    let body = serde_json::from_slice(&body).unwrap();
    let _ = script.answered.send(Answered { number, way, body });
    StatusCode::ACCEPTED
}

/// A function's process that asks such an API for events; dropping it ends the process.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(program: &FilePath, variables: &BTreeMap<String, String>, api: &RuntimeApi) -> Self {
        Self::start_logging(program, variables, api, Stdio::null())
    }

    pub(crate) fn start_logging(
        program: &FilePath,
        variables: &BTreeMap<String, String>,
        api: &RuntimeApi,
        log: Stdio,
    ) -> Self {
        let mut command = Command::new(program);
        command.env_clear().envs(variables).env("AWS_LAMBDA_RUNTIME_API", &api.address).stderr(log);
        for (name, value) in [("NAME", "f"), ("MEMORY_SIZE", "512"), ("VERSION", "1")] {
            command.env(format!("AWS_LAMBDA_FUNCTION_{name}"), value);
        }
        Self(command.spawn().unwrap())
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
