//! The bytes of a committed video.

use std::io;
use std::pin::Pin;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeekExt};

use crate::oss::range::{RequestedRange, resolve};
use crate::youku::inspect::path::parse_video_path;
use crate::youku::json::json_response;
use crate::youku::session_state::ContentLocation;
use crate::youku::state::YoukuService;

impl YoukuService {
    /// `videos/{id}/content`: the bytes of a committed video, or the one range of them that a player asks for.
    pub(crate) async fn serve_content(&self, path: &str, range: Option<&str>) -> Response<Body> {
        let id = parse_video_path(path, "/content");
        let video = id.and_then(|id| self.state().videos.get(&id).cloned());
        let size = video.as_ref().map_or(0, |video| video.measured.size);
        let (status, first, length) = match resolve(range, true, size) {
            RequestedRange::Whole => (StatusCode::OK, 0, size),
            RequestedRange::Part(first, last) => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
            RequestedRange::Unsatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, size, 0),
        };
        let reader = match &video {
            Some(video) if !video.measured.discarded => self.open_content(&video.content, first).await.ok(),
            _ => None,
        };
        let Some(reader) = reader else {
            return json_response(StatusCode::NOT_FOUND, &json!({"error": "no such page"}));
        };
        let reader: Reader = Box::pin(reader.take(length));
        let mut response = Response::new(Body::from_stream(stream::try_unfold(reader, next_chunk)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, length.into());
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        let shown = match status {
            StatusCode::PARTIAL_CONTENT => format!("bytes {first}-{}/{size}", first + length - 1),
            _ => format!("bytes */{size}"),
        };
        if let Ok(shown) = HeaderValue::from_str(&shown)
            && status != StatusCode::OK
        {
            headers.insert(header::CONTENT_RANGE, shown);
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        response
    }

    /// The stored bytes from this offset on.
    pub(crate) async fn open_content(&self, content: &ContentLocation, start: u64) -> io::Result<Reader> {
        Ok(match content {
            ContentLocation::Object(key) => {
                Box::pin(self.0.oss.reader_from(&self.0.config.bucket, key, start)?)
            }
            ContentLocation::File(path) => {
                let mut file = tokio::fs::File::open(self.0.disk.path(path)).await?;
                file.seek(io::SeekFrom::Start(start)).await?;
                Box::pin(file)
            }
        })
    }
}

const READ_BUFFER: usize = 256 * 1024;

pub(crate) type Reader = Pin<Box<dyn AsyncRead + Send>>;

async fn next_chunk(mut reader: Reader) -> io::Result<Option<(Bytes, Reader)>> {
    let mut chunk = bytes::BytesMut::with_capacity(READ_BUFFER);
    let read = reader.read_buf(&mut chunk).await?;
    Ok((read > 0).then(|| (chunk.freeze(), reader)))
}
