//! `/_sandbox/...`: what tests and people may see and set beyond faults and link.

use std::io;
use std::pin::Pin;
use std::time::SystemTime;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::cloud::{Youku, json_response};
use super::session::Content;
use super::switches::Switches;
use super::video::{ReceivedView, SessionView, VideoView};

const BODY_LIMIT: usize = 64 * 1024;
const READ_BUFFER: usize = 256 * 1024;

/// Body of `POST /_sandbox/expire`.
#[derive(Debug, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
enum Expire {
    AccessToken { client_id: String },
    UploadToken { video_id: String },
    Sts { video_id: String },
}

/// Body of `POST /_sandbox/clock`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedClock {
    ahead_seconds: i64,
}

/// Body of `POST /_sandbox/videos/{id}/state`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedState {
    state: Option<String>,
}

impl Youku {
    pub(super) async fn inspect(&self, parts: &Parts, body: Body) -> Response<Body> {
        let path = parts.uri.path().trim_start_matches("/_sandbox").trim_matches('/');
        let answer = match (&parts.method, path) {
            (&Method::GET, "") => {
                Ok(json!({"api": format!("http://{}", self.0.host), "bucket": self.0.bucket_url}))
            }
            (&Method::GET, "videos") => Ok(json!(self.videos())),
            (&Method::GET, "received") => Ok(json!(self.received_all())),
            (&Method::GET, "sessions") => Ok(json!(self.sessions())),
            (&Method::GET, "switches") => Ok(json!(self.state().switches)),
            (&Method::POST, "switches") => self.change_switches(body).await,
            (&Method::POST, "clock") => self.clock_from_outside(body).await,
            (&Method::POST, "expire") => self.expire_from_outside(body).await,
            (&Method::POST, path) => self.state_from_outside(path, body).await,
            (&Method::GET, path) => return self.content(path).await,
            _ => Err(StatusCode::NOT_FOUND),
        };
        match answer {
            Ok(value) => json_response(StatusCode::OK, &value),
            Err(status) => json_response(status, &json!({"error": status.to_string()})),
        }
    }

    /// Committed videos, oldest first.
    pub(super) fn videos(&self) -> Vec<VideoView> {
        let state = self.state();
        let mut videos: Vec<_> = state.videos.values().collect();
        videos.sort_by_key(|video| video.committed_at);
        videos.iter().map(|video| video.view(&state.switches, SystemTime::now())).collect()
    }

    /// Bytes taken in by each session, oldest first.
    pub(super) fn received_all(&self) -> Vec<ReceivedView> {
        let (state, now) = (self.state(), SystemTime::now());
        let view = |session: &super::session::Session| {
            let bytes = self.received(session);
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
    pub(super) fn sessions(&self) -> Vec<SessionView> {
        let (state, now) = (self.state(), SystemTime::now());
        let view = |session: &super::session::Session| SessionView {
            session: session.number,
            video_id: session.video_id.clone(),
            title: session.metadata.title.clone(),
            file_name: session.metadata.file_name.clone(),
            file_size: session.metadata.file_size,
            state: session.state(self.received(session), now),
            mode: session.metadata.mode,
            commit_calls: session.commit_calls,
            client_id: session.client_id.clone(),
        };
        let mut all: Vec<_> = state.sessions.values().map(view).collect();
        all.sort_by_key(|view| view.session);
        all
    }

    /// Ends every access token of a client.
    pub(super) fn expire_access_token(&self, client_id: &str) {
        self.state().tokens.expire_client(client_id);
    }

    /// Ends the upload token of the session behind a video id; false: no such session.
    pub(super) fn expire_upload_token(&self, video_id: &str) -> bool {
        let mut state = self.state();
        let session = state.sessions.values_mut().find(|session| session.video_id == video_id);
        session.map(|session| session.expires = SystemTime::UNIX_EPOCH).is_some()
    }

    /// Ends the STS credentials handed out so far for the session behind a video id; false: no such session.
    pub(super) fn expire_sts(&self, video_id: &str) -> bool {
        let state = self.state();
        let session = state.sessions.values().find(|session| session.video_id == video_id);
        session.map(|session| session.sts_ids.iter().for_each(|id| self.0.oss.expire_key(id))).is_some()
    }

    /// Sets what `videos/show` says of a committed video; `None`: what the switches say. False: no such video.
    pub(super) fn set_video_state(&self, id: &str, to: Option<&str>) -> io::Result<bool> {
        let mut state = self.state();
        let Some(video) = state.videos.get_mut(id) else {
            return Ok(false);
        };
        video.state = to.map(str::to_owned);
        self.0.disk.save_video(video)?;
        Ok(true)
    }

    async fn change_switches(&self, body: Body) -> Result<Value, StatusCode> {
        let changes: serde_json::Map<String, Value> = read(body).await?;
        let mut all = json!(self.state().switches);
        if let Value::Object(all) = &mut all {
            all.extend(changes);
        }
        let switches = serde_json::from_value::<Switches>(all).map_err(|_| StatusCode::BAD_REQUEST)?;
        let answer = json!(switches);
        self.set_switches(switches);
        Ok(answer)
    }

    async fn expire_from_outside(&self, body: Body) -> Result<Value, StatusCode> {
        let found = match read(body).await? {
            Expire::AccessToken { client_id } => {
                self.expire_access_token(&client_id);
                true
            }
            Expire::UploadToken { video_id } => self.expire_upload_token(&video_id),
            Expire::Sts { video_id } => self.expire_sts(&video_id),
        };
        if found { Ok(json!({})) } else { Err(StatusCode::NOT_FOUND) }
    }

    async fn clock_from_outside(&self, body: Body) -> Result<Value, StatusCode> {
        let wanted: WantedClock = read(body).await?;
        self.set_clock_ahead(wanted.ahead_seconds);
        Ok(json!({}))
    }

    /// `videos/{id}/state`.
    async fn state_from_outside(&self, path: &str, body: Body) -> Result<Value, StatusCode> {
        let id = video_in(path, "/state").ok_or(StatusCode::NOT_FOUND)?;
        let wanted: WantedState = read(body).await?;
        match self.set_video_state(&id, wanted.state.as_deref()) {
            Ok(true) => Ok(json!({})),
            Ok(false) => Err(StatusCode::NOT_FOUND),
            Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// `videos/{id}/content`: the bytes of a committed video.
    async fn content(&self, path: &str) -> Response<Body> {
        let id = video_in(path, "/content");
        let video = id.and_then(|id| self.state().videos.get(&id).cloned());
        let reader = match &video {
            Some(video) if !video.measured.discarded => self.reader(&video.content).await.ok(),
            _ => None,
        };
        let (Some(video), Some(reader)) = (video, reader) else {
            return json_response(StatusCode::NOT_FOUND, &json!({"error": "no such page"}));
        };
        let mut response = Response::new(Body::from_stream(stream::try_unfold(reader, next_chunk)));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, video.measured.size.into());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        response
    }

    async fn reader(&self, content: &Content) -> io::Result<Reader> {
        Ok(match content {
            Content::Object(key) => Box::pin(self.0.oss.reader(&self.0.config.bucket, key)?),
            Content::File(path) => Box::pin(tokio::fs::File::open(self.0.disk.path(path)).await?),
        })
    }
}

/// The id in `videos/{id}{page}`.
fn video_in(path: &str, page: &str) -> Option<String> {
    let id = path.strip_prefix("videos/")?.strip_suffix(page)?;
    Some(percent_decode_str(id).decode_utf8_lossy().into_owned())
}

type Reader = Pin<Box<dyn AsyncRead + Send>>;

async fn next_chunk(mut reader: Reader) -> io::Result<Option<(Bytes, Reader)>> {
    let mut chunk = bytes::BytesMut::with_capacity(READ_BUFFER);
    let read = reader.read_buf(&mut chunk).await?;
    Ok((read > 0).then(|| (chunk.freeze(), reader)))
}

async fn read<T: serde::de::DeserializeOwned>(body: Body) -> Result<T, StatusCode> {
    let bytes = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|_| StatusCode::BAD_REQUEST)?;
    serde_json::from_slice(&bytes).map_err(|_| StatusCode::BAD_REQUEST)
}
