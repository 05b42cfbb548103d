//! The slice server's calls: create_file, new_slice, upload_slice, check.

use std::time::{Instant, SystemTime};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use crc_fast::CrcAlgorithm::Crc32IsoHdlc;
use http::StatusCode;
use http_body_util::BodyExt;
use md5::{Digest, Md5};
use serde_json::json;

use super::cloud::{Answer, Youku};
use super::disk;
use super::error::Refusal;
use super::params::Params;
use super::slices::Slice;

/// Most bytes of one slice kept; a longer body is read to its end and refused.
const SLICE_MAX: usize = 10 * 1024 * 1024;

impl Youku {
    pub(super) fn create_file(&self, params: &Params) -> Answer {
        let slice_kib = params.get("slice_length").map(|_| params.number("slice_length")).transpose()?;
        let size = params.number("file_size")?;
        params.required("ext")?;
        let returns = self.0.config.undelivered_slice_returns_after;
        let mut state = self.state();
        let session = state.session(params.required("upload_token")?, SystemTime::now())?;
        if session.create_file(size, slice_kib, returns)?
            && let Some(path) = self.file(&session.content)
        {
            disk::reserve(&path, size).map_err(|_| Refusal::unavailable())?;
        }
        Ok((StatusCode::CREATED, json!({})))
    }

    pub(super) fn new_slice(&self, params: &Params) -> Answer {
        let mut state = self.state();
        let session = state.session(params.required("upload_token")?, SystemTime::now())?;
        Ok((StatusCode::CREATED, session.plan()?.answer(Instant::now())))
    }

    pub(super) fn check(&self, params: &Params) -> Answer {
        let mut state = self.state();
        let session = state.session(params.required("upload_token")?, SystemTime::now())?;
        Ok((StatusCode::OK, session.check(&self.0.host, Instant::now())?))
    }

    /// Takes one slice in: verified first, then written, so that a broken copy never touches a good one.
    pub(super) async fn upload_slice(&self, params: &Params, body: Body) -> Answer {
        let token = params.required("upload_token")?.to_owned();
        let bytes = self.take_in(&token, body).await?;
        let slice = self.named_slice(&token, params)?;
        if bytes.len() as u64 != slice.length {
            return Err(Refusal::parameter("length", "differs from the body"));
        }
        verify(params, &bytes)?;
        if self.state().session(&token, SystemTime::now())?.plan()?.transferred(slice.id) {
            self.write(&token, slice, bytes).await?;
            self.hash_ahead(&token);
        }
        let mut state = self.state();
        let session = state.session(&token, SystemTime::now())?;
        Ok((StatusCode::CREATED, session.plan()?.answer(Instant::now())))
    }

    /// Reads a body to its end and counts what arrives, also of a body that breaks off.
    async fn take_in(&self, token: &str, mut body: Body) -> Result<Bytes, Refusal> {
        let mut bytes = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Refusal::parameter("body", "broke off"))?;
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

    fn named_slice(&self, token: &str, params: &Params) -> Result<Slice, Refusal> {
        let (id, offset, length) =
            (params.number("slice_task_id")?, params.number("offset")?, params.number("length")?);
        let mut state = self.state();
        let slice = state.session(token, SystemTime::now())?.plan()?.slice(id);
        let slice = slice.ok_or_else(|| Refusal::parameter("slice_task_id", "is no slice of this file"))?;
        if (slice.offset, slice.length) != (offset, length) {
            return Err(Refusal::parameter("offset", "and length are not this slice's"));
        }
        Ok(slice)
    }

    /// Goes on if the caller leaves: the slice counts as transferred already.
    async fn write(&self, token: &str, slice: Slice, bytes: Bytes) -> Result<(), Refusal> {
        let (youku, token) = (self.clone(), token.to_owned());
        let write = move || {
            let content = youku.state().sessions.get(&token).map(|session| session.content.clone());
            let path = content.and_then(|content| youku.file(&content)).ok_or_else(Refusal::upload_token)?;
            let written = disk::write_at(&path, slice.offset, &bytes);
            if let Some(plan) =
                youku.state().sessions.get_mut(&token).and_then(|session| session.plan.as_mut())
            {
                match written {
                    Ok(()) => plan.written(slice.id),
                    Err(_) => plan.lost(slice.id),
                }
            }
            written.map_err(|_| Refusal::unavailable())
        };
        tokio::task::spawn_blocking(write).await.unwrap_or_else(|_| Err(Refusal::unavailable()))
    }
}

/// Holds the bytes against `hash` (MD5) and `crc` (CRC-32, 8 hex digits); one of them must be given.
fn verify(params: &Params, bytes: &[u8]) -> Result<(), Refusal> {
    let (hash, crc) = (params.get("hash"), params.get("crc"));
    if hash.is_none() && crc.is_none() {
        return Err(Refusal::parameter("hash", "is missing"));
    }
    let md5_fits = hash.is_none_or(|hash| hash.eq_ignore_ascii_case(&disk::hex(&Md5::digest(bytes))));
    let crc_of_bytes = || format!("{:08x}", crc_fast::checksum(Crc32IsoHdlc, bytes));
    let crc_fits = crc.is_none_or(|crc| crc.eq_ignore_ascii_case(&crc_of_bytes()));
    if md5_fits && crc_fits { Ok(()) } else { Err(Refusal::hash_check()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_is_held_against_md5_or_crc_and_needs_one() {
        let verify = |pairs: &[(&str, &str)]| verify(&Params::of(pairs), b"123456789");
        assert_eq!(verify(&[("hash", "25f9e794323b453885f5181f1b624d0b")]), Ok(()));
        assert_eq!(verify(&[("crc", "CBF43926")]), Ok(()));
        assert_eq!(verify(&[("crc", "cbf43927")]), Err(Refusal::hash_check()));
        assert_eq!(
            verify(&[("hash", "25f9e794323b453885f5181f1b624d0b"), ("crc", "00")]),
            Err(Refusal::hash_check())
        );
        assert_ne!(verify(&[]), Ok(()));
    }
}
