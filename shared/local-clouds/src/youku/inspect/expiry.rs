//! What a test ends or sets: tokens, credentials, the state of a video.

use std::io;
use std::time::SystemTime;

use crate::youku::state::YoukuService;

impl YoukuService {
    /// Expires every access token of a client.
    pub(crate) fn expire_access_token(&self, client_id: &str) {
        self.state().tokens.expire_client(client_id);
    }

    /// Expires the upload token of the session with this video id; false: there is none.
    pub(crate) fn expire_upload_token(&self, video_id: &str) -> bool {
        let mut state = self.state();
        let session = state.sessions.values_mut().find(|session| session.video_id == video_id);
        session.map(|session| session.expires = SystemTime::UNIX_EPOCH).is_some()
    }

    /// Expires the STS credentials issued so far for the session with this video id; false: there is none.
    pub(crate) fn expire_sts(&self, video_id: &str) -> bool {
        let state = self.state();
        let session = state.sessions.values().find(|session| session.video_id == video_id);
        session.map(|session| session.sts_ids.iter().for_each(|id| self.0.oss.expire_key(id))).is_some()
    }

    /// Sets what `videos/show` says of a committed video; `None`: what the switches say. False: there is no
    /// such video.
    pub(crate) fn set_video_state(&self, id: &str, to: Option<&str>) -> io::Result<bool> {
        let mut state = self.state();
        let Some(video) = state.videos.get_mut(id) else {
            return Ok(false);
        };
        video.state = to.map(str::to_owned);
        self.0.disk.save_video(video)?;
        Ok(true)
    }
}
