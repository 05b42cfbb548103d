//! `GET /probe`: what the platform does with this process, for a rehearsal. Only where the settings have `http.probe`.
//!
//! The answer has names of headers and whether values are there, never a value: credentials and tokens are among them.

use crate::{request_context::RequestContext, response::JsonResponse};
use axum::{
    Json,
    extract::{Query, Request, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    env,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime},
};
use tokio::task::AbortHandle;

/// Most KiB that an answer can be asked to be longer.
const LONGEST_KIB: u64 = 4096;
/// How often the process notes that it runs.
const TICK: Duration = Duration::from_millis(50);
/// The most that one tick counts: the process ran on time, or was woken after it had stood still.
const LATEST_TICK: Duration = Duration::from_millis(200);
/// How long it notes that after a probe: a process that is not frozen does nothing for longer.
const WATCHED: Duration = Duration::from_secs(60);

/// Where each cloud puts a role's credentials, in the order of [`Parts`].
const AWS_VARIABLES: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
const ALIBABA_VARIABLES: [&str; 3] =
    ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"];

/// The fields of the query.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Fields {
    /// KiB that the answer is longer.
    kib: u64,
}

/// What the process sees of a request and of itself.
#[derive(Debug, Serialize)]
struct Probe {
    /// `fc`, `lambda` or `none`, by the platform's variables.
    platform: &'static str,
    /// Names of the request's headers.
    headers: BTreeSet<String>,
    /// Which parts of credentials the headers have.
    header_credentials: Parts,
    /// Which parts the environment has.
    environment_credentials: Parts,
    /// The function's timeout in seconds, as a header states it.
    timeout_seconds: Option<u64>,
    /// Milliseconds until work must end, some time before the platform ends the call; absent: the platform states no end.
    left_ms: Option<u64>,
    /// This process, at random.
    instance: String,
    /// Since this process was last asked.
    since_last: Option<SinceLast>,
    /// As long as was asked for.
    filler: String,
}

/// Parts of credentials that are there and not empty.
#[derive(Debug, Serialize)]
struct Parts {
    key_id: bool,
    secret: bool,
    token: bool,
}

/// What happened since the last probe; the times are milliseconds.
#[derive(Debug, Serialize)]
struct SinceLast {
    /// The machine's time of day.
    wall_ms: u64,
    /// The clock that never goes back; some platforms stop it with the process.
    monotonic_ms: u64,
    /// For how long the process noted that it ran, for 60 s at most.
    awake_ms: u64,
    /// Other requests to the API, and events, that it had; the platform's checks of its health are not among them.
    requests: u64,
}

/// The last probe.
struct Last {
    wall: SystemTime,
    monotonic: Instant,
    awake_ms: Arc<AtomicU64>,
    ticking: AbortHandle,
    requests: u64,
}

static INSTANCE: LazyLock<String> =
    LazyLock::new(|| format!("{:016x}", RandomState::new().hash_one(SystemTime::now())));
/// Requests to the API, this process's probes among them.
static REQUESTS: AtomicU64 = AtomicU64::new(0);
static LAST: Mutex<Option<Last>> = Mutex::new(None);

/// Counts a request: what the process did for others between two probes is not what it does by itself.
pub(crate) async fn count_request(request: Request, next: Next) -> Response {
    REQUESTS.fetch_add(1, Relaxed);
    next.run(request).await
}

/// Counts an event that the platform delivers, which is no request to the API.
pub fn note_event() {
    REQUESTS.fetch_add(1, Relaxed);
}

/// Answers what the process sees.
pub(crate) async fn probe(
    context: RequestContext,
    headers: HeaderMap,
    fields: Result<Query<Fields>, QueryRejection>,
) -> Response {
    let kib = match fields {
        Ok(Query(Fields { kib })) if kib <= LONGEST_KIB => kib,
        _ => {
            let text = "there is kib, 0 to 4096, and nothing else";
            return JsonResponse::from_error(StatusCode::BAD_REQUEST, "invalid_query", text).into_response();
        }
    };
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let platform = match (is_set("AWS_LAMBDA_FUNCTION_NAME"), is_set("FC_FUNCTION_NAME")) {
        (true, _) => "lambda",
        (false, true) => "fc",
        (false, false) => "none",
    };
    let variables = if platform == "lambda" { AWS_VARIABLES } else { ALIBABA_VARIABLES };
    let is_filled = |name: &str| headers.get(name).is_some_and(|value| !value.is_empty());
    let [key_id, secret, token] =
        ["x-fc-access-key-id", "x-fc-access-key-secret", "x-fc-security-token"].map(is_filled);
    let header_credentials = Parts { key_id, secret, token };
    let [key_id, secret, token] = variables.map(is_set);
    let timeout = headers.get("x-fc-function-timeout").and_then(|value| value.to_str().ok());
    let left = context.deadline.map(|end| end.saturating_duration_since(tokio::time::Instant::now()));
    Json(Probe {
        platform,
        headers: headers.keys().map(ToString::to_string).collect(),
        header_credentials,
        environment_credentials: Parts { key_id, secret, token },
        timeout_seconds: timeout.and_then(|seconds| seconds.trim().parse().ok()),
        left_ms: left.map(milliseconds),
        instance: INSTANCE.clone(),
        since_last: note_probe(),
        filler: "x".repeat(usize::try_from(kib * 1024).unwrap_or_default()),
    })
    .into_response()
}

/// Begins to note anew that the process runs, and says what was noted since the last probe.
fn note_probe() -> Option<SinceLast> {
    let awake_ms = Arc::new(AtomicU64::new(0));
    let ticking = tokio::spawn(tick(awake_ms.clone())).abort_handle();
    let requests = REQUESTS.load(Relaxed);
    let now = Last { wall: SystemTime::now(), monotonic: Instant::now(), awake_ms, ticking, requests };
    let (wall, monotonic) = (now.wall, now.monotonic);
    let last = LAST.lock().unwrap_or_else(PoisonError::into_inner).replace(now)?;
    last.ticking.abort();
    Some(SinceLast {
        wall_ms: milliseconds(wall.duration_since(last.wall).unwrap_or_default()),
        monotonic_ms: milliseconds(monotonic.duration_since(last.monotonic)),
        awake_ms: last.awake_ms.load(Relaxed),
        // One of them is this probe.
        requests: requests.saturating_sub(last.requests + 1),
    })
}

/// Notes for how long the process runs: while it is frozen no tick comes, and the first one afterwards counts as one.
async fn tick(awake_ms: Arc<AtomicU64>) {
    let most = milliseconds(WATCHED);
    while awake_ms.load(Relaxed) < most {
        let before = Instant::now();
        tokio::time::sleep(TICK).await;
        awake_ms.fetch_add(milliseconds(before.elapsed().min(LATEST_TICK)), Relaxed);
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
