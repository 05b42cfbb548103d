//! `GET /console/events`: which rows have changed, as server-sent events.

use crate::{rows::Table, shared::Shared, watching::Connection};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use serde::Serialize;
use std::{collections::BTreeSet, convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::watch;

/// The revision that the browser had when its last connection broke.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// How often a silent connection shows that it lives.
const COMMENT_INTERVAL: Duration = Duration::from_secs(15);

#[derive(Serialize)]
struct Changed<'a> {
    revision: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ids: Option<BTreeSet<&'a str>>,
}

/// One page's connection.
struct Follower {
    shared: Arc<Shared>,
    revisions: watch::Receiver<u64>,
    /// The revision that the page knows; `None` where it knows none.
    known: Option<u64>,
    /// The ledger is read as long as this is there.
    _connection: Connection,
}

/// Tells of each change; at once where the page does not know the present revision.
pub(crate) async fn follow_changes(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let known = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
    let follower = Follower {
        revisions: shared.table.revisions(),
        _connection: shared.watching.connect(),
        known,
        shared,
    };
    let events = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(COMMENT_INTERVAL)).into_response()
}

impl Follower {
    /// Waits for the next change; `None` where the console ends.
    async fn next(&mut self) -> Option<Event> {
        let known = self.known;
        let revision = *self.revisions.wait_for(|revision| Some(*revision) != known).await.ok()?;
        self.known = Some(revision);
        Some(build_event(&self.shared.table, known, revision))
    }
}

fn build_event(table: &Table, known: Option<u64>, revision: u64) -> Event {
    let ids = known.and_then(|known| table.changes_since(known));
    let ids = ids.as_ref().map(|ids| ids.iter().map(|id| id.as_str()).collect());
    let event = Event::default().id(revision.to_string()).event("changed");
    // Numbers and identifiers always make JSON.
    event.json_data(Changed { revision, ids }).unwrap_or_default()
}
