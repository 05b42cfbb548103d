//! Receives the bytes of a slice and writes them.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use crate::youku::disk::write_at;
use crate::youku::error::ApiError;
use crate::youku::slices::Slice;
use crate::youku::state::YoukuService;

impl YoukuService {
    /// Reads a body to its end and counts the bytes that arrive, also of a body that breaks off.
    pub(crate) async fn read_body(&self, token: &str, mut body: Body) -> Result<Bytes, ApiError> {
        let mut bytes = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| ApiError::parameter("body", "broke off"))?;
            let Some(data) = frame.data_ref() else { continue };
            if let Some(session) = self.state().sessions.get_mut(token) {
                session.received += data.len() as u64;
            }
            self.0.progress.send_modify(|total| *total += data.len() as u64);
            if bytes.len() <= SLICE_MAX {
                bytes.extend_from_slice(data);
            }
        }
        Ok(bytes.freeze())
    }

    /// Writes a slice; continues if the caller leaves, because the slice counts as transferred already.
    pub(crate) async fn write_slice(&self, token: &str, slice: Slice, bytes: Bytes) -> Result<(), ApiError> {
        let (youku, token) = (self.clone(), token.to_owned());
        let write = move || {
            let content = youku.state().sessions.get(&token).map(|session| session.content.clone());
            let path =
                content.and_then(|content| youku.file_path(&content)).ok_or_else(ApiError::upload_token)?;
            let written = write_at(&path, slice.offset, &bytes);
            if let Some(plan) =
                youku.state().sessions.get_mut(&token).and_then(|session| session.plan.as_mut())
            {
                match written {
                    Ok(()) => plan.mark_written(slice.id),
                    Err(_) => plan.mark_lost(slice.id),
                }
            }
            written.map_err(|_| ApiError::unavailable())
        };
        tokio::task::spawn_blocking(write).await.unwrap_or_else(|_| Err(ApiError::unavailable()))
    }
}

/// Most bytes kept of one slice; a longer body is read to its end and refused.
const SLICE_MAX: usize = 10 * 1024 * 1024;
