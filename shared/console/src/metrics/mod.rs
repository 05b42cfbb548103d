//! `GET /metrics`: what a Prometheus scrapes, on a listener of its own.
//!
//! It has neither the page's token nor its cookie: a scraper keeps no secret that changes with each start. So it tells numbers alone, under
//! names of states, error codes and accounts, and no title, file or id; and as on the page, only who names this machine is answered, so that
//! no website reads them through a name that it lets point here.

mod figures;
mod text;

use crate::{Backend, shared::Shared};
use app::LedgerHealth;
use axum::{
    Router,
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_TYPE, HOST},
        uri::Authority,
    },
    response::{IntoResponse, Response},
    routing::get,
};
use figures::Figures;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, timeout};

/// The media type of OpenMetrics 1.0, which the answer is.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// How long a scrape waits for rows, and for the ledger's few entries: together less than the ten seconds after which a Prometheus gives up,
/// since what it must hear of most is a ledger that does not answer.
const ROWS_TIME: Duration = Duration::from_secs(4);
const LEDGER_TIME: Duration = Duration::from_secs(3);
/// How this machine is called, the port apart.
const OWN_NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// What scrapes share.
struct Metrics {
    shared: Arc<Shared>,
    /// What the ledger told the last time, and when.
    known: Mutex<Option<(LedgerHealth, Instant)>>,
}

/// The one route.
pub(crate) fn metrics_router(shared: Arc<Shared>) -> Router {
    let metrics = Metrics { shared, known: Mutex::default() };
    Router::new().route("/metrics", get(show_metrics)).with_state(Arc::new(metrics))
}

/// Answers from what was read for the page, which a scrape keeps being read, and from a few entries of the ledger.
async fn show_metrics(State(metrics): State<Arc<Metrics>>, headers: HeaderMap) -> Response {
    if !names_this_machine(&headers) {
        return (StatusCode::FORBIDDEN, "this address is for programs of this machine\n").into_response();
    }
    let shared = &metrics.shared;
    shared.watching.note_request();
    // Not in time: what was read before is told.
    let _ = timeout(ROWS_TIME, shared.wait_for_rows()).await;
    let is_read = metrics.read_ledger().await;
    let health = metrics.known();
    let now = health.as_ref().map_or_else(|| SystemTime::now().into(), |health| health.now);
    let mut figures = shared.table.with_rows(|rows| Figures::from_rows(rows, now));
    figures.is_readable = is_read && shared.table.is_readable();
    figures.health = health;
    match text::encode(&figures, now) {
        Ok(text) => ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        // Writing to a string does not fail.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn names_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    host.is_some_and(|host| OWN_NAMES.contains(&host.host()))
}

impl Metrics {
    /// Reads the ledger's entries; `false` where they cannot be read now.
    async fn read_ledger(&self) -> bool {
        let Backend::Ledger(app) = &self.shared.backend else { return true };
        match timeout(LEDGER_TIME, app.ledger_health()).await {
            Ok(Ok(read)) => {
                let read = read.map(|health| (health, Instant::now()));
                *self.known.lock().unwrap_or_else(PoisonError::into_inner) = read;
                true
            }
            Ok(Err(error)) => {
                tracing::warn!(?error, "the ledger could not be read for the metrics");
                false
            }
            Err(_) => {
                tracing::warn!("the ledger did not answer in time for the metrics");
                false
            }
        }
    }

    /// What the ledger told the last time, with the store's clock of now.
    fn known(&self) -> Option<LedgerHealth> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        known.map(|(health, read)| LedgerHealth { now: (health.now.get() + read.elapsed()).into(), ..health })
    }
}
