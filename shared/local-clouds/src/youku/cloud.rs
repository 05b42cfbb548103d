//! The server's shared state, and which call a request is.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::body::Body;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde_json::Value;
use tokio::sync::watch;

use super::config::YoukuConfig;
use super::disk::Disk;
use super::error::Refusal;
use super::params::Params;
use super::session::{Content, Session};
use super::switches::Switches;
use super::tokens::Tokens;
use super::video::Video;
use crate::control::Cloud;
use crate::oss::{Clock, Oss};

/// What a call answers.
pub(super) type Answer = Result<(StatusCode, Value), Refusal>;

/// The local Youku: API and slice server in one.
#[derive(Clone)]
pub(super) struct Youku(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) config: YoukuConfig,
    pub(super) disk: Disk,
    pub(super) oss: Oss,
    pub(super) clock: Clock,
    /// `127.0.0.1:PORT`, the API's and the slice server's.
    pub(super) host: String,
    /// `http://127.0.0.1:PORT`.
    pub(super) bucket_url: String,
    /// Bytes taken in by all uploads.
    pub(super) progress: watch::Sender<u64>,
    pub(super) state: Mutex<State>,
}

/// What changes.
#[derive(Default)]
pub(super) struct State {
    pub(super) tokens: Tokens,
    pub(super) switches: Switches,
    /// By upload token.
    pub(super) sessions: BTreeMap<String, Session>,
    /// By id.
    pub(super) videos: BTreeMap<String, Video>,
    /// Fault `expire`: how many of the next calls carry a token that ends first.
    pub(super) expiring: HashMap<Operation, u32>,
}

/// The calls of API and slice server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Operation {
    Create,
    Sts,
    Commit,
    Cancel,
    Show,
    MyInfo,
    Refresh,
    CreateFile,
    NewSlice,
    UploadSlice,
    Check,
}

impl Operation {
    fn of(parts: &Parts) -> Option<Self> {
        Some(match parts.uri.path() {
            "/uploads/create.json" => Self::Create,
            "/uploads/get_sts_inf.json" => Self::Sts,
            "/uploads/commit.json" => Self::Commit,
            "/uploads/cancel.json" => Self::Cancel,
            "/videos/show.json" => Self::Show,
            // On the old host alone, whose paths begin so (sheet: youku-manage).
            "/v2/users/myinfo.json" => Self::MyInfo,
            "/oauth2/token.json" => Self::Refresh,
            "/gupload/create_file" => Self::CreateFile,
            "/gupload/new_slice" => Self::NewSlice,
            "/gupload/upload_slice" => Self::UploadSlice,
            "/gupload/check" => Self::Check,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Sts => "sts",
            Self::Commit => "commit",
            Self::Cancel => "cancel",
            Self::Show => "show",
            Self::MyInfo => "myinfo",
            Self::Refresh => "refresh",
            Self::CreateFile => "create_file",
            Self::NewSlice => "new_slice",
            Self::UploadSlice => "upload_slice",
            Self::Check => "check",
        }
    }

    /// Where the page names one method only, the other is refused.
    fn allows(self, method: &Method) -> bool {
        match self {
            Self::Commit | Self::Refresh | Self::CreateFile | Self::UploadSlice => method == Method::POST,
            Self::NewSlice | Self::Check | Self::Show => method == Method::GET,
            Self::Create | Self::Sts | Self::Cancel | Self::MyInfo => {
                method == Method::GET || method == Method::POST
            }
        }
    }

    fn on_slice_server(self) -> bool {
        matches!(self, Self::CreateFile | Self::NewSlice | Self::UploadSlice | Self::Check)
    }
}

impl State {
    /// The session that this token opens, if it may still be used.
    pub(super) fn session(&mut self, token: &str, now: SystemTime) -> Result<&mut Session, Refusal> {
        let expired = self.switches.committed_token_expired;
        let session = self.sessions.get_mut(token).ok_or_else(Refusal::upload_token)?;
        session.alive(expired, now)?;
        Ok(session)
    }
}

impl Youku {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_switches(&self, switches: Switches) {
        self.0.oss.set_discard(switches.discard);
        self.state().switches = switches;
    }

    /// Bytes taken in for a session, in either mode.
    pub(super) fn received(&self, session: &Session) -> u64 {
        match &session.content {
            Content::Object(key) => self.0.oss.received(&self.0.config.bucket, key),
            Content::File(_) => session.received,
        }
    }

    pub(super) fn file(&self, content: &Content) -> Option<PathBuf> {
        match content {
            Content::File(path) => Some(self.0.disk.path(path)),
            Content::Object(_) => None,
        }
    }

    /// API and bucket have one clock.
    pub(super) fn set_clock_ahead(&self, seconds: i64) {
        self.0.clock.set(seconds);
        self.0.oss.set_clock_ahead(seconds);
    }

    async fn call(&self, parts: &Parts, body: Body) -> Answer {
        let operation = Operation::of(parts).filter(|operation| operation.allows(&parts.method));
        let operation = operation.ok_or_else(Refusal::no_such_call)?;
        if operation == Operation::UploadSlice {
            let params = Params::of_query(parts);
            self.expire_if_scripted(operation, &params);
            return self.upload_slice(&params, body).await;
        }
        let params = Params::read(parts, body).await?;
        self.expire_if_scripted(operation, &params);
        match operation {
            Operation::Create => self.create(&params),
            Operation::Sts => self.sts(&params),
            Operation::Commit => self.commit(params).await,
            Operation::Cancel => self.cancel(&params),
            Operation::Show => self.show(&params),
            Operation::MyInfo => self.my_info(&params),
            Operation::Refresh => self.refresh(&params),
            Operation::CreateFile => self.create_file(&params),
            Operation::NewSlice => self.new_slice(&params),
            Operation::Check => self.check(&params),
            Operation::UploadSlice => Err(Refusal::no_such_call()),
        }
    }

    /// The token of a POST stands in its body, so fault `expire` takes effect here, once the form is read.
    fn expire_if_scripted(&self, operation: Operation, params: &Params) {
        let mut state = self.state();
        match state.expiring.get_mut(&operation) {
            Some(count) if *count > 0 => *count -= 1,
            _ => return,
        }
        if operation.on_slice_server() {
            if let Some(session) = params.get("upload_token").and_then(|token| state.sessions.get_mut(token))
            {
                session.expires = SystemTime::UNIX_EPOCH;
            }
        } else if let Some(token) = params.get("access_token") {
            state.tokens.expire(token);
        }
    }
}

impl Cloud for Youku {
    fn operation(&self, parts: &Parts) -> String {
        Operation::of(parts).map_or("unknown", Operation::name).to_owned()
    }

    fn expire(&self, parts: &Parts) {
        if let Some(operation) = Operation::of(parts) {
            *self.state().expiring.entry(operation).or_default() += 1;
        }
    }

    fn refusal(&self, _: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body> {
        let mut answer = Refusal::scripted(status, code).response(&self.state().switches);
        self.0.clock.stamp(&mut answer);
        answer
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        if parts.uri.path().starts_with("/_sandbox") {
            return self.inspect(&parts, body).await;
        }
        let mut answer = match self.call(&parts, body).await {
            Ok((status, value)) => json_response(status, &value),
            Err(refusal) => refusal.response(&self.state().switches),
        };
        self.0.clock.stamp(&mut answer);
        answer
    }
}

/// A JSON answer.
pub(super) fn json_response(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
