//! Lists of videos and sessions.

use std::time::SystemTime;

use crate::youku::change::ChangeView;
use crate::youku::session::Session;
use crate::youku::state::YoukuService;
use crate::youku::views::{ReceivedView, SessionView, VideoView};

impl YoukuService {
    /// Committed videos, oldest first.
    pub(crate) fn videos(&self) -> Vec<VideoView> {
        let state = self.state();
        let mut videos: Vec<_> = state.videos.values().collect();
        videos.sort_by_key(|video| video.committed_at);
        videos.iter().map(|video| video.to_view(&state.switches, SystemTime::now())).collect()
    }

    /// What happened to all videos, oldest first.
    pub(crate) fn changes(&self) -> Vec<ChangeView> {
        let state = self.state();
        let changes = state
            .videos
            .values()
            .flat_map(|video| video.changes.iter().map(|change| change.to_view(&video.id)));
        let mut all: Vec<_> = changes.collect();
        all.sort_by_key(|change| change.at_ms);
        all
    }

    /// Bytes received by each session, oldest first.
    pub(crate) fn received_views(&self) -> Vec<ReceivedView> {
        let (state, now) = (self.state(), SystemTime::now());
        let view = |session: &Session| {
            let bytes = self.received_bytes(session);
            ReceivedView {
                session: session.number,
                video_id: session.video_id.clone(),
                bytes,
                file_size: session.metadata.file_size,
                state: session.state(bytes, now),
                mode: session.metadata.mode,
            }
        };
        let mut all: Vec<_> = state.sessions.values().map(view).collect();
        all.sort_by_key(|view| view.session);
        all
    }

    /// All sessions, oldest first.
    pub(crate) fn sessions(&self) -> Vec<SessionView> {
        let (state, now) = (self.state(), SystemTime::now());
        let view = |session: &Session| SessionView {
            session: session.number,
            video_id: session.video_id.clone(),
            title: session.metadata.title.clone(),
            file_name: session.metadata.file_name.clone(),
            file_size: session.metadata.file_size,
            file_md5: session.metadata.file_md5.clone(),
            state: session.state(self.received_bytes(session), now),
            mode: session.metadata.mode,
            commit_calls: session.commit_calls,
            client_id: session.client_id.clone(),
        };
        let mut all: Vec<_> = state.sessions.values().map(view).collect();
        all.sort_by_key(|view| view.session);
        all
    }
}
