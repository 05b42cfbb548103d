//! Progress as it happens, then the outcome: server-sent events or lines of JSON.

use app::core::{Outcome, Progress};
use axum::{
    body::{Body, Bytes},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE},
    },
    response::Response,
};
use futures_util::{Stream, stream::unfold};
use serde::Serialize;
use std::{pin::Pin, time::Duration};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// Progress is told at most four times a second.
const PACE: Duration = Duration::from_millis(250);
/// A silent connection says so, before something between takes it for dead: every ten seconds at the latest.
const HEARTBEAT: Duration = Duration::from_secs(9);

/// How progress is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Server-sent events: `event: progress` or `outcome`; heartbeats are comments.
    Events,
    /// A JSON object a line, with a field `event`: `progress`, `heartbeat` or `outcome`.
    Lines,
}

impl Format {
    /// The one that the caller accepts; `None` where it wants the outcome alone.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        accepted.flat_map(|value| value.split(',')).find_map(|one| {
            let name = one.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            match name.as_str() {
                "text/event-stream" => Some(Self::Events),
                "application/x-ndjson" => Some(Self::Lines),
                _ => None,
            }
        })
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Events => "text/event-stream",
            Self::Lines => "application/x-ndjson",
        })
    }

    fn write(self, message: &Message) -> Result<Bytes, serde_json::Error> {
        Ok(match (self, message) {
            (Self::Events, Message::Heartbeat) => Bytes::from_static(b": heartbeat\n\n"),
            (Self::Events, Message::Progress(report)) => event("progress", report)?,
            (Self::Events, Message::Outcome(outcome)) => event("outcome", outcome)?,
            (Self::Lines, message) => format!("{}\n", serde_json::to_string(message)?).into(),
        })
    }
}

/// JSON text has no line break, so one `data` line holds it.
fn event(name: &str, data: &impl Serialize) -> Result<Bytes, serde_json::Error> {
    Ok(format!("event: {name}\ndata: {}\n\n", serde_json::to_string(data)?).into())
}

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Report {
    state: &'static str,
    read: u64,
    accepted: u64,
    total: u64,
}

impl Report {
    pub(crate) fn new(progress: &Progress) -> Self {
        Self {
            state: progress.stage().as_str(),
            read: progress.read(),
            accepted: progress.accepted(),
            total: progress.total(),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Message {
    Progress(Report),
    Heartbeat,
    Outcome(Outcome),
}

/// A response that tells what `report` says until `work` is done, then its outcome. The work lives in the response: a caller that
/// leaves ends it.
pub(crate) fn stream<R, W>(format: Format, report: R, work: W) -> Response
where
    R: Fn() -> Report + Send + 'static,
    W: Future<Output = Outcome> + Send + 'static,
{
    let messages = messages(report, work);
    let written = futures_util::StreamExt::map(messages, move |message| format.write(&message));
    let mut response = Response::new(Body::from_stream(written));
    response.headers_mut().extend([
        (CONTENT_TYPE, format.content_type()),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        // Proxies of the nginx kind would gather the messages.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ]);
    response
}

fn messages<R, W>(report: R, work: W) -> impl Stream<Item = Message> + Send
where
    R: Fn() -> Report + Send + 'static,
    W: Future<Output = Outcome> + Send + 'static,
{
    let now = Instant::now();
    let mut pace = interval_at(now + PACE, PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watched = ProgressStream { report, work: Some(Box::pin(work)), pace, told: None, spoke: now };
    unfold(watched, |mut watched| async { Some((watched.next().await?, watched)) })
}

struct ProgressStream<R> {
    report: R,
    /// `None` once the outcome is out.
    work: Option<Pin<Box<dyn Future<Output = Outcome> + Send>>>,
    pace: Interval,
    told: Option<Report>,
    spoke: Instant,
}

impl<R: Fn() -> Report> ProgressStream<R> {
    async fn next(&mut self) -> Option<Message> {
        let work = self.work.as_mut()?;
        // The first word at once: the caller sees that its task was taken.
        let Some(told) = &mut self.told else {
            return Some(Message::Progress(self.told.insert((self.report)()).clone()));
        };
        loop {
            tokio::select! {
                outcome = &mut *work => {
                    self.work = None;
                    return Some(Message::Outcome(outcome));
                }
                now = self.pace.tick() => {
                    let report = (self.report)();
                    if *told != report {
                        self.spoke = now;
                        *told = report.clone();
                        return Some(Message::Progress(report));
                    }
                    if now - self.spoke >= HEARTBEAT {
                        self.spoke = now;
                        return Some(Message::Heartbeat);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
