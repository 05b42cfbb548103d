//! The server's shared state.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use http::StatusCode;
use serde_json::Value;
use tokio::sync::watch;

use crate::clock::ServerClock;
use crate::oss::server::Oss;
use crate::youku::config::YoukuConfig;
use crate::youku::disk::Disk;
use crate::youku::error::ApiError;
use crate::youku::operation::Operation;
use crate::youku::session::Session;
use crate::youku::session_state::ContentLocation;
use crate::youku::switches::Switches;
use crate::youku::tokens::Tokens;
use crate::youku::video::{self, Video};

/// The answer of a call.
pub(crate) type ApiResult = Result<(StatusCode, Value), ApiError>;

/// The service of the local Youku: API and slice server in one.
#[derive(Clone)]
pub(crate) struct YoukuService(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) config: YoukuConfig,
    pub(crate) disk: Disk,
    pub(crate) oss: Oss,
    pub(crate) clock: ServerClock,
    /// `127.0.0.1:PORT`, the API's and the slice server's.
    pub(crate) host: String,
    /// `http://127.0.0.1:PORT`.
    pub(crate) bucket_url: String,
    /// Bytes received by all uploads.
    pub(crate) progress: watch::Sender<u64>,
    pub(crate) state: Mutex<State>,
}

/// The state that calls change.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) tokens: Tokens,
    pub(crate) switches: Switches,
    /// By upload token.
    pub(crate) sessions: BTreeMap<String, Session>,
    /// By id.
    pub(crate) videos: BTreeMap<String, Video>,
    /// Fault `expire`: for how many of the next calls the token expires first.
    pub(crate) expiring: HashMap<Operation, u32>,
}

impl State {
    /// Returns the session of a token that is still valid.
    pub(crate) fn session(&mut self, token: &str, now: SystemTime) -> Result<&mut Session, ApiError> {
        let expired = self.switches.committed_token_expired;
        let session = self.sessions.get_mut(token).ok_or_else(ApiError::upload_token)?;
        session.check_alive(expired, now)?;
        Ok(session)
    }
}

impl State {
    /// Finds an account's own video that calls know.
    pub(crate) fn find_own(
        &mut self,
        id: &str,
        account: &str,
        now: SystemTime,
    ) -> Result<&mut Video, ApiError> {
        let Self { videos, switches, .. } = self;
        let own = videos
            .get_mut(id)
            .filter(|video| video.account == account && video.state(switches, now) != video::GONE);
        own.ok_or_else(ApiError::no_such_video)
    }

    /// Shows one video to a call that names its id; `None` where it is unknown.
    pub(crate) fn show_video(&mut self, id: &str, now: SystemTime) -> Option<Value> {
        if self.switches.show_hides_videos && self.videos.contains_key(id) {
            return None;
        }
        self.list_video(id, now)
    }

    /// Shows one video, which counts; `None` where it is unknown.
    pub(crate) fn list_video(&mut self, id: &str, now: SystemTime) -> Option<Value> {
        let Self { videos, sessions, switches, .. } = self;
        if let Some(video) = videos.get_mut(id) {
            video.shows = video.shows.saturating_add(1);
            let state = video.state(switches, now);
            return (state != video::GONE).then(|| video::show_json(id, &video.metadata, &state, switches));
        }
        let known = sessions.values().find(|session| session.video_id == id)?;
        let state = switches.uncommitted_state.as_deref()?;
        Some(video::show_json(id, &known.metadata, state, switches))
    }
}

impl YoukuService {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_switches(&self, switches: Switches) {
        self.0.oss.set_discard(switches.discard);
        self.0.oss.0.keys.set_expired_code(switches.expired_sts.code());
        self.state().switches = switches;
    }

    /// Bytes received for a session, in either mode.
    pub(crate) fn received_bytes(&self, session: &Session) -> u64 {
        match &session.content {
            ContentLocation::Object(key) => self.0.oss.received_bytes(&self.0.config.bucket, key),
            ContentLocation::File(_) => session.received,
        }
    }

    pub(crate) fn file_path(&self, content: &ContentLocation) -> Option<PathBuf> {
        match content {
            ContentLocation::File(path) => Some(self.0.disk.path(path)),
            ContentLocation::Object(_) => None,
        }
    }

    /// Sets the clock that API and bucket share.
    pub(crate) fn set_clock_ahead(&self, seconds: i64) {
        self.0.clock.set_ahead(seconds);
        self.0.oss.set_clock_ahead(seconds);
    }
}
