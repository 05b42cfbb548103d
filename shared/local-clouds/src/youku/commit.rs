//! Commit: the one step that makes a video.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use http::StatusCode;
use serde_json::{Value, json};

use super::ahead::Prefix;
use super::cloud::{Answer, Youku};
use super::error::Refusal;
use super::metadata::Mode;
use super::params::Params;
use super::session::{Content, Session};
use super::switches::{CommitMd5Error, SecondCommit, Switches};
use super::video::{Measured, Video};

impl Youku {
    /// Runs to its end even if the caller leaves, as a server's commit does.
    pub(super) async fn commit(&self, params: Params) -> Answer {
        let youku = self.clone();
        let commit = tokio::spawn(async move { youku.commit_once(&params).await });
        commit.await.unwrap_or_else(|_| Err(Refusal::unavailable()))
    }

    async fn commit_once(&self, params: &Params) -> Answer {
        let client = self.authorize(params)?;
        let token = params.required("upload_token")?;
        let (content, prefix) = match self.ready(&client, token, params)? {
            Ready::Now(content, prefix) => (content, prefix),
            Ready::Before => return self.second_commit(token),
        };
        let measured = self.measure(&content, prefix).await?;
        self.publish(token, content, measured)
    }

    /// Whether this session may be committed, and where its bytes lie.
    fn ready(&self, client: &str, token: &str, params: &Params) -> Result<Ready, Refusal> {
        let now = SystemTime::now();
        let mut state = self.state();
        let session = state.sessions.get_mut(token).filter(|session| session.client_id == client);
        let session = session.ok_or_else(Refusal::upload_token)?;
        session.commit_calls += 1;
        let (id, calls) = (session.video_id.clone(), session.commit_calls);
        if let Some(video) = state.videos.get_mut(&id) {
            video.commit_calls = calls;
            self.0.disk.save_video(video).map_err(|_| Refusal::unavailable())?;
        }
        let session = state.session(token, now)?;
        if session.committed {
            return Ok(Ready::Before);
        }
        if let Some(content) = &session.instant {
            return Ok(Ready::Now(content.clone(), Arc::default()));
        }
        if session.metadata.mode == Mode::Slice {
            self.check_server(params.required("upload_server_ip")?)?;
            session.all_written(Instant::now())?;
        }
        Ok(Ready::Now(session.content.clone(), Arc::clone(&session.ahead.prefix)))
    }

    /// Size and hashes of the bytes really held: most of them were hashed while they came.
    async fn measure(&self, content: &Content, prefix: Arc<Prefix>) -> Result<Measured, Refusal> {
        let missing = || Refusal::wrong_bytes("No such object");
        match content {
            Content::Object(key) => {
                let (oss, bucket) = (&self.0.oss, &self.0.config.bucket);
                let object = oss.object(bucket, key).ok_or_else(missing)?;
                let discarded = oss.is_discarded(bucket, key);
                let md5 = match discarded {
                    true => None,
                    false => {
                        let md5 = oss.md5(bucket, key).await.map_err(|_| Refusal::unavailable())?;
                        Some(md5.ok_or_else(missing)?)
                    }
                };
                Ok(Measured { size: object.size, md5, crc64: Some(object.crc64), discarded })
            }
            Content::File(path) => {
                let path = self.0.disk.path(path);
                let measured = tokio::task::spawn_blocking(move || prefix.finish(&path)).await;
                let (size, md5) = measured.ok().and_then(Result::ok).ok_or_else(Refusal::unavailable)?;
                Ok(Measured { size, md5: Some(md5), crc64: None, discarded: false })
            }
        }
    }

    fn publish(&self, token: &str, content: Content, measured: Measured) -> Answer {
        let now = SystemTime::now();
        let mut state = self.state();
        let switches = state.switches.clone();
        let session = state.session(token, now)?;
        if session.committed {
            drop(state);
            return self.second_commit(token);
        }
        if measured.size != session.metadata.file_size {
            return Err(Refusal::wrong_bytes("File size differs from create"));
        }
        let announced = session.metadata.file_md5.as_ref();
        if announced.zip(measured.md5.as_ref()).is_some_and(|(announced, md5)| announced != md5) {
            return Err(match switches.commit_md5_error {
                CommitMd5Error::Own => Refusal::wrong_bytes("File MD5 differs from create"),
                CommitMd5Error::HashCheck => Refusal::hash_check(),
            });
        }
        let video = self.video(session, content, measured, now);
        let answer = committed(&video.id, &switches);
        self.0.disk.save_video(&video).map_err(|_| Refusal::unavailable())?;
        session.committed = true;
        // From here on nobody can change the bytes of the video.
        session.sts_ids.iter().for_each(|id| self.0.oss.expire_key(id));
        state.videos.entry(video.id.clone()).and_modify(|known| known.commits += 1).or_insert(video);
        Ok((StatusCode::OK, answer))
    }

    fn video(&self, session: &Session, content: Content, measured: Measured, now: SystemTime) -> Video {
        let account = self.0.config.accounts.iter().find(|account| account.client_id == session.client_id);
        Video {
            id: session.video_id.clone(),
            metadata: session.metadata.clone(),
            account: account.map_or_else(String::new, |account| account.name.clone()),
            measured,
            content,
            committed_at: now,
            shows: 0,
            commits: 1,
            commit_calls: session.commit_calls,
            state: None,
        }
    }

    fn second_commit(&self, token: &str) -> Answer {
        let mut state = self.state();
        let switches = state.switches.clone();
        let session = state.session(token, SystemTime::now())?;
        let id = session.video_id.clone();
        match switches.second_commit {
            SecondCommit::Kind => Ok((StatusCode::OK, committed(&id, &switches))),
            SecondCommit::Refuse => Err(Refusal::already_committed()),
        }
    }
}

/// The answer to a commit that passed.
fn committed(id: &str, switches: &Switches) -> Value {
    if switches.commit_video_id { json!({"video_id": id}) } else { json!({}) }
}

enum Ready {
    /// Slice mode: with what is hashed of the file already.
    Now(Content, Arc<Prefix>),
    /// It was committed before.
    Before,
}
