//! `uploads/commit`: the one step that makes a video.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use http::StatusCode;
use serde_json::{Value, json};

use crate::youku::change::Change;
use crate::youku::error::ApiError;
use crate::youku::file_hash::FileHash;
use crate::youku::metadata::Mode;
use crate::youku::params::Params;
use crate::youku::session::Session;
use crate::youku::session_state::ContentLocation;
use crate::youku::state::{ApiResult, YoukuService};
use crate::youku::switches::{CommitMd5Error, SecondCommit, SinglePut, Switches, WebUpload};
use crate::youku::video::{MeasuredContent, Video};

impl YoukuService {
    /// Commits an upload; runs to its end even if the caller leaves, as the real service's commit does.
    pub(crate) async fn commit(&self, params: Params) -> ApiResult {
        let youku = self.clone();
        let commit = tokio::spawn(async move { youku.commit_once(&params).await });
        commit.await.unwrap_or_else(|_| Err(ApiError::unavailable()))
    }

    async fn commit_once(&self, params: &Params) -> ApiResult {
        let client = self.authorize(params)?;
        let token = params.require("upload_token")?;
        let (content, prefix) = match self.check_ready(&client, token, params)? {
            CommitReadiness::Now(content, prefix) => (content, prefix),
            CommitReadiness::Before => return self.answer_second_commit(token),
        };
        let measured = self.measure(&content, prefix).await?;
        let unreadable = !measured.discarded && self.is_unreadable(&content).await?;
        self.publish(token, content, measured, unreadable)
    }

    /// Checks that this session may be committed, and finds its bytes.
    fn check_ready(&self, client: &str, token: &str, params: &Params) -> Result<CommitReadiness, ApiError> {
        let now = SystemTime::now();
        let mut state = self.state();
        let session = state.sessions.get_mut(token).filter(|session| session.client_id == client);
        let session = session.ok_or_else(ApiError::upload_token)?;
        session.commit_calls += 1;
        let (id, calls) = (session.video_id.clone(), session.commit_calls);
        if let Some(video) = state.videos.get_mut(&id) {
            video.commit_calls = calls;
            self.0.disk.save_video(video).map_err(|_| ApiError::unavailable())?;
        }
        let session = state.session(token, now)?;
        if session.committed {
            return Ok(CommitReadiness::Before);
        }
        if let Some(content) = &session.instant {
            return Ok(CommitReadiness::Now(content.clone(), Arc::default()));
        }
        if session.metadata.mode == Mode::Slice {
            self.check_server(params.require("upload_server_ip")?)?;
            session.check_all_written(Instant::now())?;
        }
        Ok(CommitReadiness::Now(session.content.clone(), Arc::clone(&session.ahead.prefix)))
    }

    fn publish(
        &self,
        token: &str,
        content: ContentLocation,
        measured: MeasuredContent,
        unreadable: bool,
    ) -> ApiResult {
        let now = SystemTime::now();
        let mut state = self.state();
        let switches = state.switches.clone();
        let session = state.session(token, now)?;
        if session.committed {
            drop(state);
            return self.answer_second_commit(token);
        }
        if measured.size != session.metadata.file_size {
            return Err(ApiError::wrong_bytes("File size differs from create"));
        }
        let announced = session.metadata.file_md5.as_ref();
        if announced.is_none() && switches.web_upload == WebUpload::RefusedAtCommit {
            return Err(ApiError::parameter("file_md5", "is missing"));
        }
        if announced.zip(measured.md5.as_ref()).is_some_and(|(announced, md5)| announced != md5) {
            return Err(match switches.commit_md5_error {
                CommitMd5Error::Own => ApiError::wrong_bytes("File MD5 differs from create"),
                CommitMd5Error::HashCheck => ApiError::hash_check(),
            });
        }
        if measured.single_put && switches.single_put == SinglePut::RefusedAtCommit {
            return Err(ApiError::wrong_bytes("The object was not uploaded in parts"));
        }
        let video = Video { unreadable, ..self.build_video(session, content, measured, now) };
        let answer = commit_json(&video.id, &switches);
        self.0.disk.save_video(&video).map_err(|_| ApiError::unavailable())?;
        session.committed = true;
        // From here on the bytes of the video cannot change.
        session.sts_ids.iter().for_each(|id| self.0.oss.expire_key(id));
        state.videos.entry(video.id.clone()).and_modify(|known| known.commits += 1).or_insert(video);
        Ok((StatusCode::OK, answer))
    }

    fn build_video(
        &self,
        session: &Session,
        content: ContentLocation,
        measured: MeasuredContent,
        now: SystemTime,
    ) -> Video {
        Video {
            id: session.video_id.clone(),
            metadata: session.metadata.clone(),
            account: self.account_name(&session.client_id),
            measured,
            content,
            committed_at: now,
            shows: 0,
            commits: 1,
            commit_calls: session.commit_calls,
            unreadable: false,
            state: None,
            review_since: None,
            changes: vec![Change::new(now, "commit", session.metadata.stated_fields())],
        }
    }

    fn answer_second_commit(&self, token: &str) -> ApiResult {
        let mut state = self.state();
        let switches = state.switches.clone();
        let session = state.session(token, SystemTime::now())?;
        let id = session.video_id.clone();
        match switches.second_commit {
            SecondCommit::Kind => Ok((StatusCode::OK, commit_json(&id, &switches))),
            SecondCommit::Refuse => Err(ApiError::already_committed()),
        }
    }
}

/// The answer to a successful commit.
fn commit_json(id: &str, switches: &Switches) -> Value {
    if switches.commit_video_id { json!({"video_id": id}) } else { json!({}) }
}

enum CommitReadiness {
    /// May be committed now; in slice mode with the hash of the file so far.
    Now(ContentLocation, Arc<FileHash>),
    /// Was committed before.
    Before,
}
