//! The bytes of a committed video.

use std::io;
use std::pin::Pin;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::youku::inspect::path::parse_video_path;
use crate::youku::json::json_response;
use crate::youku::session_state::ContentLocation;
use crate::youku::state::YoukuService;

impl YoukuService {
    /// `videos/{id}/content`: the bytes of a committed video.
    pub(crate) async fn serve_content(&self, path: &str) -> Response<Body> {
        let id = parse_video_path(path, "/content");
        let video = id.and_then(|id| self.state().videos.get(&id).cloned());
        let reader = match &video {
            Some(video) if !video.measured.discarded => self.open_content(&video.content).await.ok(),
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

    async fn open_content(&self, content: &ContentLocation) -> io::Result<Reader> {
        Ok(match content {
            ContentLocation::Object(key) => Box::pin(self.0.oss.reader(&self.0.config.bucket, key)?),
            ContentLocation::File(path) => Box::pin(tokio::fs::File::open(self.0.disk.path(path)).await?),
        })
    }
}

const READ_BUFFER: usize = 256 * 1024;

type Reader = Pin<Box<dyn AsyncRead + Send>>;

async fn next_chunk(mut reader: Reader) -> io::Result<Option<(Bytes, Reader)>> {
    let mut chunk = bytes::BytesMut::with_capacity(READ_BUFFER);
    let read = reader.read_buf(&mut chunk).await?;
    Ok((read > 0).then(|| (chunk.freeze(), reader)))
}
