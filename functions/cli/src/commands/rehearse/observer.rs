//! What goes to Youku and comes back: calls are counted and bounded, and the form of each answer is noted.

use super::rewrite::{into_get, restate};
use crate::shutdown::Shutdown;
use app::youku::{AnswerBody, SendError, Transport};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::{BodyExt as _, Full};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The most calls to Youku's API that a rehearsal makes without `--long`.
pub(super) const MOST_CALLS: u32 = 120;
/// Those that `--long` adds.
pub(super) const LONG_CALLS: u32 = 60;
/// Those of them that are kept for removing things: what one fact leaves takes no more.
pub(super) const KEPT_CALLS: u32 = 16;
/// Longer answers are none of Youku's.
const LONGEST: usize = 1 << 20;
/// Calls that one host or the other may lack. One that a host lacks is not asked for there again; removals are always asked for.
const HOSTED_CALLS: [&str; 4] =
    ["/videos/show.json", "/videos/show_batch.json", "/videos/by_me.json", "/videos/update.json"];
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
    /// A call was refused for the bound.
    is_used_up: bool,
    create_by_get: bool,
    /// Fields that the next `create` states otherwise.
    restated: Vec<(&'static str, String)>,
    /// Addresses of calls that their host does not have.
    missing: BTreeSet<String>,
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
    /// The most calls.
    most: u32,
    state: Arc<Mutex<State>>,
}

/// What becomes of a request.
enum Admission {
    Sent,
    /// It is sent, and its answer lost.
    Lost,
    /// Its host is known not to have the call.
    Missing,
}

impl Observer {
    /// Watches `inner`, for so many calls at most. Once `shutdown` is requested only what removes things is sent.
    pub(super) fn new(inner: Arc<dyn Transport>, shutdown: Shutdown, most: u32) -> Self {
        Self { inner, shutdown, most, state: Arc::default() }
    }

    /// Calls made to Youku's API.
    pub(super) fn calls(&self) -> u32 {
        self.state().calls
    }

    /// Calls that are left.
    pub(super) fn calls_left(&self) -> u32 {
        self.most.saturating_sub(self.calls())
    }

    /// Whether a call was not sent because the others had used the bound up, and no other of its kind will be.
    pub(super) fn is_used_up(&self) -> bool {
        let state = self.state();
        state.is_used_up && state.calls >= self.most_now(&state)
    }

    /// The most calls, those that are kept for removing things left out where nothing is removed.
    fn most_now(&self, state: &State) -> u32 {
        if state.is_cleaning { self.most } else { self.most.saturating_sub(KEPT_CALLS) }
    }

    /// How the last call was answered; `None` where it was not.
    pub(super) fn last_answer(&self) -> Option<Answer> {
        self.state().last.clone()
    }

    /// Sends `create` as a GET, or as the client does.
    pub(super) fn send_create_by_get(&self, by_get: bool) {
        self.state().create_by_get = by_get;
    }

    /// States these fields otherwise in the next `create`, also beyond the limits that the client keeps to.
    pub(super) fn restate_next_create(&self, fields: Vec<(&'static str, String)>) {
        self.state().restated = fields;
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

    /// Whether what is sent removes things.
    pub(super) fn is_cleaning(&self) -> bool {
        self.state().is_cleaning
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request, and changes it where that was asked for.
    fn admit(&self, request: &mut Request<Bytes>) -> Result<Admission, SendError> {
        let path = request.uri().path().to_owned();
        let mut state = self.state();
        state.last = None;
        if self.shutdown.is_requested() && !state.is_cleaning {
            return Err(SendError::new("the rehearsal was stopped", true));
        }
        if path.starts_with(SLICE_SERVER) {
            return Ok(Admission::Sent);
        }
        if state.missing.contains(&address_of(request)) {
            return Ok(Admission::Missing);
        }
        if state.calls >= self.most_now(&state) {
            state.is_used_up = true;
            return Err(SendError::new("the calls of the rehearsal are used up", true));
        }
        state.calls += 1;
        if path.ends_with("/uploads/create.json") {
            restate(request, std::mem::take(&mut state.restated)).map_err(|why| SendError::new(why, true))?;
            if state.create_by_get {
                into_get(request).map_err(|why| SendError::new(why, true))?;
            }
        }
        let is_lost = path.ends_with("/uploads/commit.json") && std::mem::take(&mut state.drop_next_commit);
        Ok(if is_lost { Admission::Lost } else { Admission::Sent })
    }

    /// Notes that a host does not have a call, where it answered so.
    fn note_missing(&self, address: String, status: StatusCode, form: BodyForm) {
        let is_hosted = HOSTED_CALLS.iter().any(|call| address.ends_with(call));
        if is_hosted && status == StatusCode::NOT_FOUND && form == BodyForm::Other {
            self.state().missing.insert(address);
        }
    }
}

/// The request's address without its query, which may hold a token.
fn address_of(request: &Request<Bytes>) -> String {
    let uri = request.uri();
    format!("{}{}", uri.authority().map(http::uri::Authority::as_str).unwrap_or_default(), uri.path())
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

/// The answer of a host that does not have a call.
fn answer_missing() -> Result<Response<AnswerBody>, SendError> {
    let body = Full::new(Bytes::new()).map_err(|never| match never {}).boxed_unsync();
    Response::builder().status(StatusCode::NOT_FOUND).body(body).map_err(|why| SendError::new(why, true))
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
        let address = address_of(&request);
        let is_lost = match self.admit(&mut request)? {
            Admission::Missing => return answer_missing(),
            Admission::Lost => true,
            Admission::Sent => false,
        };
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
        let form = form_of(&body);
        self.note_missing(address, head.status, form);
        self.state().last = Some(Answer { status: head.status.as_u16(), content_type, form });
        let body = Full::new(body).map_err(|never| match never {}).boxed_unsync();
        Ok(Response::from_parts(head, body))
    }
}
