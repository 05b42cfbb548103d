//! What goes to Youku and comes back: calls are counted and bounded, and the form of each answer is noted.

use crate::shutdown::Shutdown;
use app::youku::{AnswerBody, SendError, Transport};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Method, Request, Response, Uri, header::CONTENT_TYPE};
use http_body_util::{BodyExt as _, Full};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most calls to Youku's API that a rehearsal makes.
pub(super) const MOST_CALLS: u32 = 300;
/// Those of them that are kept for removing things.
const KEPT_CALLS: u32 = 12;
/// Longer answers are none of Youku's.
const LONGEST: usize = 1 << 20;
/// Where the paths of a slice server begin: its calls do not count.
const SLICE_SERVER: &str = "/gupload/";

/// The form of an answer's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyForm {
    Json,
    /// `code=..&type=..&description=..`
    Form,
    Other,
}

/// How Youku answered a call.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Without parameters.
    pub(super) content_type: String,
    pub(super) form: BodyForm,
}

/// What happens to requests.
#[derive(Debug, Default)]
struct State {
    calls: u32,
    create_by_get: bool,
    drop_next_commit: bool,
    was_dropped: bool,
    is_cleaning: bool,
    last: Option<Answer>,
}

/// A transport that watches another one. Clones watch the same.
#[derive(Debug, Clone)]
pub(super) struct Observer {
    inner: Arc<dyn Transport>,
    shutdown: Shutdown,
    state: Arc<Mutex<State>>,
}

impl Observer {
    /// Watches `inner`. Once `shutdown` is requested only what removes things is sent.
    pub(super) fn new(inner: Arc<dyn Transport>, shutdown: Shutdown) -> Self {
        Self { inner, shutdown, state: Arc::default() }
    }

    /// Calls made to Youku's API.
    pub(super) fn calls(&self) -> u32 {
        self.state().calls
    }

    /// Calls that are left.
    pub(super) fn calls_left(&self) -> u32 {
        MOST_CALLS.saturating_sub(self.calls())
    }

    /// How the last call was answered; `None` where it was not.
    pub(super) fn last_answer(&self) -> Option<Answer> {
        self.state().last.clone()
    }

    /// Sends `create` as a GET, or as the client does.
    pub(super) fn send_create_by_get(&self, by_get: bool) {
        self.state().create_by_get = by_get;
    }

    /// Loses the answer of the next commit, once Youku has given it, where it is a success.
    pub(super) fn drop_next_commit(&self) {
        let mut state = self.state();
        (state.drop_next_commit, state.was_dropped) = (true, false);
    }

    /// Whether an answer was lost since that was asked for. None is lost any more.
    pub(super) fn was_dropped(&self) -> bool {
        let mut state = self.state();
        state.drop_next_commit = false;
        state.was_dropped
    }

    /// Says whether what is sent from now on removes things.
    pub(super) fn set_cleaning(&self, is_cleaning: bool) {
        self.state().is_cleaning = is_cleaning;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request, and changes it where that was asked for. True: its answer is to be lost.
    fn admit(&self, request: &mut Request<Bytes>) -> Result<bool, SendError> {
        let path = request.uri().path().to_owned();
        let mut state = self.state();
        state.last = None;
        if self.shutdown.is_requested() && !state.is_cleaning {
            return Err(SendError::new("the rehearsal was stopped", true));
        }
        if path.starts_with(SLICE_SERVER) {
            return Ok(false);
        }
        let most = if state.is_cleaning { MOST_CALLS } else { MOST_CALLS - KEPT_CALLS };
        if state.calls >= most {
            return Err(SendError::new("the calls of the rehearsal are used up", true));
        }
        state.calls += 1;
        if state.create_by_get && path.ends_with("/uploads/create.json") {
            into_get(request).map_err(|why| SendError::new(why, true))?;
        }
        Ok(path.ends_with("/uploads/commit.json") && std::mem::take(&mut state.drop_next_commit))
    }
}

/// Moves the form of a POST into the query of a GET.
fn into_get(request: &mut Request<Bytes>) -> Result<(), http::Error> {
    let form = std::mem::take(request.body_mut());
    let mut parts = request.uri().clone().into_parts();
    let path_and_query = format!("{}?{}", request.uri().path(), String::from_utf8_lossy(&form));
    parts.path_and_query = Some(path_and_query.parse()?);
    *request.uri_mut() = Uri::from_parts(parts)?;
    *request.method_mut() = Method::GET;
    request.headers_mut().remove(CONTENT_TYPE);
    Ok(())
}

/// Reads an answer whole. It is one frame at a time, since the bound is ours.
async fn read_body(mut body: AnswerBody) -> Result<Bytes, SendError> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|why| SendError::new(why, false))?;
        if let Some(data) = frame.data_ref() {
            read.extend_from_slice(data);
        }
        if read.len() > LONGEST {
            return Err(SendError::new("the answer is too long", false));
        }
    }
    Ok(read.freeze())
}

fn form_of(body: &[u8]) -> BodyForm {
    if serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|value| value.is_object()) {
        return BodyForm::Json;
    }
    let is_form =
        std::str::from_utf8(body).is_ok_and(|text| text.split('&').any(|pair| pair.starts_with("code=")));
    if is_form { BodyForm::Form } else { BodyForm::Other }
}

/// Whether a body speaks of an error, whatever its status.
fn is_refusal(body: &[u8]) -> bool {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    json.is_none_or(|value| !value.is_object() || value.get("error").is_some() || value.get("code").is_some())
}

#[async_trait]
impl Transport for Observer {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<AnswerBody>, SendError> {
        let is_lost = self.admit(&mut request)?;
        let answer = self.inner.send(request).await?;
        let (head, body) = answer.into_parts();
        let body = read_body(body).await?;
        if is_lost && head.status.is_success() && !is_refusal(&body) {
            self.state().was_dropped = true;
            return Err(SendError::new("the answer was dropped on purpose", false));
        }
        let content_type =
            head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        self.state().last = Some(Answer { status: head.status.as_u16(), content_type, form: form_of(&body) });
        let body = Full::new(body).map_err(|never| match never {}).boxed_unsync();
        Ok(Response::from_parts(head, body))
    }
}
