//! One HTTP call of the function, and what it means for the job.

use crate::{answer::Answer, pace};
use bytes::{Buf, Bytes, BytesMut};
use http::{
    HeaderMap, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER},
};
use reqwest::{Client, RequestBuilder, Response, Url};
use serde::Deserialize;
use std::time::Duration;
use tokio::{sync::watch, time::timeout};

const LINES: &str = "application/x-ndjson";
/// The function says something every ten seconds.
const SILENCE: Duration = Duration::from_secs(60);
/// For the whole answer about an upload's state.
const LOOK: Duration = Duration::from_secs(30);
/// Bytes of a line, or of an answer in one piece: far more than any, even one that repeats the task's longest field.
const LIMIT: usize = 1 << 20;
/// Nobody is waited for longer, whatever he asks for.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// What a call means for the job.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// This is its answer.
    Done(Answer),
    /// Ask again, not before `wait` is over.
    Again { why: String, wait: Duration },
    /// Somebody else carries it out: look after the upload of this id.
    Elsewhere(String),
}

/// The function's address and the way there.
pub(crate) struct Function {
    client: Client,
    uploads: Url,
    /// `Bearer` and the token; marked as sensitive.
    authorization: http::HeaderValue,
    /// The longest wait for the beginning of an answer.
    patience: Duration,
}

/// A line of an answer in lines.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line {
    Progress {
        accepted: u64,
        total: u64,
    },
    Outcome(Answer),
    /// A heartbeat, or what a newer function may say.
    #[serde(other)]
    Other,
}

/// What the function knows of an upload.
#[derive(Deserialize)]
struct State {
    outcome: Option<Answer>,
    holder: Option<Holder>,
}

#[derive(Deserialize)]
struct Holder {
    live: bool,
}

impl Function {
    /// The function at `url`, whose path is where its own paths begin.
    pub(crate) fn new(
        client: Client,
        mut url: Url,
        authorization: http::HeaderValue,
        patience: Duration,
    ) -> Self {
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("uploads");
        }
        Self { client, uploads: url, authorization, patience }
    }

    /// Asks for the job to be carried out. The call ends only with its answer: who leaves ends the upload.
    pub(crate) async fn post(&self, task: Bytes, key: &str, seen: &watch::Sender<pace::Bytes>) -> Meaning {
        let request = self
            .client
            .post(self.uploads.clone())
            .header(ACCEPT, LINES)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", key)
            .body(task);
        match self.send(request, self.patience).await {
            Ok(response) => read(response, seen).await,
            Err(why) => again(why),
        }
    }

    /// Looks how an upload stands that somebody else carries out. Where nobody does any more, the job is asked for again.
    pub(crate) async fn look(&self, id: String) -> Meaning {
        let mut url = self.uploads.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(&id);
        }
        let looked = async {
            let response = match self.send(self.client.get(url), LOOK).await {
                Ok(response) => response,
                Err(why) => return again(why),
            };
            let wait = asked(response.headers());
            let body = match whole(response).await {
                Ok(body) => body,
                Err(meaning) => return meaning,
            };
            match serde_json::from_slice(&body) {
                Ok(State { outcome: Some(outcome), .. }) => Meaning::Done(outcome),
                Ok(State { holder: Some(Holder { live: true }), .. }) => Meaning::Elsewhere(id),
                _ => Meaning::Again { why: "the upload is in nobody's hands".into(), wait },
            }
        };
        timeout(LOOK, looked).await.unwrap_or_else(|_| again(BROKE_OFF))
    }

    async fn send(&self, request: RequestBuilder, patience: Duration) -> Result<Response, &'static str> {
        let request = request.header(http::header::AUTHORIZATION, self.authorization.clone());
        match timeout(patience, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                tracing::debug!(error = %error.without_url(), "no answer");
                Err("the function cannot be reached")
            }
            Err(_) => Err("the function did not begin to answer"),
        }
    }
}

/// An answer in lines tells progress first; any other is one piece.
async fn read(mut response: Response, seen: &watch::Sender<pace::Bytes>) -> Meaning {
    let (status, headers) = (response.status(), response.headers().clone());
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with(LINES) {
        let body = match whole(response).await {
            Ok(body) => body,
            Err(meaning) => return meaning,
        };
        let answer = serde_json::from_slice(&body);
        return answer.map_or_else(|_| stranger(status, &headers), |answer| own(answer, &headers));
    }
    let mut text = BytesMut::new();
    while let Ok(Ok(Some(chunk))) = timeout(SILENCE, response.chunk()).await {
        text.extend_from_slice(&chunk);
        while let Some(length) = text.iter().position(|byte| *byte == b'\n') {
            match serde_json::from_slice(&text[..length]) {
                Ok(Line::Outcome(answer)) => return own(answer, &headers),
                Ok(Line::Progress { accepted: done, total }) => {
                    seen.send_replace(pace::Bytes { done, total });
                }
                Ok(Line::Other) => {}
                Err(_) => return not_understood(),
            }
            text.advance(length + 1);
        }
        if text.len() > LIMIT {
            return not_understood();
        }
    }
    again(BROKE_OFF)
}

/// The body, unless it breaks off or does not end.
async fn whole(mut response: Response) -> Result<BytesMut, Meaning> {
    let mut body = BytesMut::new();
    loop {
        match timeout(SILENCE, response.chunk()).await {
            Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
            Ok(Ok(None)) => return Ok(body),
            _ => return Err(again(BROKE_OFF)),
        }
        if body.len() > LIMIT {
            return Err(not_understood());
        }
    }
}

/// The function's own answer. A 502 of its own is final: what failed is Youku, and the function has tried again itself. A success
/// names its video: one that does not is a stranger's.
fn own(answer: Answer, headers: &HeaderMap) -> Meaning {
    let changed = answer.error.as_deref() == Some("source_changed");
    match (answer.code.as_str(), &answer.data.upload_id) {
        ("200", _) if answer.data.videoid.is_none() => not_understood(),
        ("401", _) => not_let_in(),
        ("409", Some(id)) if !changed => Meaning::Elsewhere(id.clone()),
        ("429" | "503" | "504", _) | ("409", None) if !changed => {
            Meaning::Again { why: answer.msg, wait: asked(headers) }
        }
        _ => Meaning::Done(answer),
    }
}

/// An answer that is not the function's: something between speaks.
fn stranger(status: StatusCode, headers: &HeaderMap) -> Meaning {
    match status.as_u16() {
        429 | 502 | 503 | 504 => Meaning::Again {
            why: format!("the function's gateway answered {}", status.as_u16()),
            wait: asked(headers),
        },
        401 | 403 => not_let_in(),
        404 => Meaning::Done(Answer::failure("no_function", "there is no function at the shim's address")),
        413 => Meaning::Done(Answer::failure(
            "payload_too_large",
            "the job's payload is too large for the function",
        )),
        // Function Compute's word for a function that failed or did not start.
        200 if headers.contains_key("x-fc-error-type") => again("the function failed"),
        200 => not_understood(),
        other => Meaning::Done(Answer::failure(
            "function_failed",
            format!("the function's gateway answered {other}"),
        )),
    }
}

/// `Retry-After` in seconds, within reason.
fn asked(headers: &HeaderMap) -> Duration {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(0)).min(LONGEST_WAIT)
}

const BROKE_OFF: &str = "the function's answer broke off";

/// Asking again would bring the same.
fn not_understood() -> Meaning {
    Meaning::Done(Answer::failure("not_understood", "the function's answer is not understood"))
}

/// The function's own words would be about the client's token, which it does not have.
fn not_let_in() -> Meaning {
    Meaning::Done(Answer::failure("unauthorized", "the function does not accept the shim's token"))
}

fn again(why: &str) -> Meaning {
    Meaning::Again { why: why.into(), wait: Duration::ZERO }
}

#[cfg(test)]
mod tests;
