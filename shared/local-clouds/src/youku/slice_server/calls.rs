//! The slice server's calls: create_file, new_slice, upload_slice, check.

use std::time::{Instant, SystemTime};

use axum::body::Body;
use crc_fast::CrcAlgorithm::Crc32IsoHdlc;
use http::StatusCode;
use md5::{Digest, Md5};
use serde_json::json;

use crate::youku::disk::reserve;
use crate::youku::error::ApiError;
use crate::youku::params::Params;
use crate::youku::slices::Slice;
use crate::youku::state::{ApiResult, YoukuService};

impl YoukuService {
    pub(crate) fn create_file(&self, params: &Params) -> ApiResult {
        let slice_kib = params.get("slice_length").map(|_| params.number("slice_length")).transpose()?;
        let size = params.number("file_size")?;
        params.require("ext")?;
        let returns = self.0.config.undelivered_slice_returns_after;
        let mut state = self.state();
        let session = state.session(params.require("upload_token")?, SystemTime::now())?;
        if session.create_file(size, slice_kib, returns)?
            && let Some(path) = self.file_path(&session.content)
        {
            reserve(&path, size).map_err(|_| ApiError::unavailable())?;
        }
        Ok((StatusCode::CREATED, json!({})))
    }

    pub(crate) fn new_slice(&self, params: &Params) -> ApiResult {
        let mut state = self.state();
        let session = state.session(params.require("upload_token")?, SystemTime::now())?;
        Ok((StatusCode::CREATED, session.plan()?.next_slice_json(Instant::now())))
    }

    pub(crate) fn check(&self, params: &Params) -> ApiResult {
        let mut state = self.state();
        let session = state.session(params.require("upload_token")?, SystemTime::now())?;
        Ok((StatusCode::OK, session.check_json(&self.0.host, Instant::now())?))
    }

    /// Receives one slice: verifies it first, then writes it, so that a broken copy never overwrites a good
    /// one.
    pub(crate) async fn upload_slice(&self, params: &Params, body: Body) -> ApiResult {
        let token = params.require("upload_token")?.to_owned();
        let bytes = self.read_body(&token, body).await?;
        let slice = self.find_slice(&token, params)?;
        if bytes.len() as u64 != slice.length {
            return Err(ApiError::parameter("length", "differs from the body"));
        }
        verify(params, &bytes)?;
        if self.state().session(&token, SystemTime::now())?.plan()?.mark_transferred(slice.id) {
            self.write_slice(&token, slice, bytes).await?;
            self.hash_ahead(&token);
        }
        let mut state = self.state();
        let session = state.session(&token, SystemTime::now())?;
        Ok((StatusCode::CREATED, session.plan()?.next_slice_json(Instant::now())))
    }

    fn find_slice(&self, token: &str, params: &Params) -> Result<Slice, ApiError> {
        let (id, offset, length) =
            (params.number("slice_task_id")?, params.number("offset")?, params.number("length")?);
        let mut state = self.state();
        let slice = state.session(token, SystemTime::now())?.plan()?.slice(id);
        let slice = slice.ok_or_else(|| ApiError::parameter("slice_task_id", "is no slice of this file"))?;
        if (slice.offset, slice.length) != (offset, length) {
            return Err(ApiError::parameter("offset", "and length are not this slice's"));
        }
        Ok(slice)
    }
}

/// Verifies the bytes by `hash` (MD5) and `crc` (CRC-32, 8 hex digits); one of them must be given.
fn verify(params: &Params, bytes: &[u8]) -> Result<(), ApiError> {
    let (hash, crc) = (params.get("hash"), params.get("crc"));
    if hash.is_none() && crc.is_none() {
        return Err(ApiError::parameter("hash", "is missing"));
    }
    let md5_fits = hash
        .is_none_or(|hash| hash.eq_ignore_ascii_case(&base16ct::lower::encode_string(&Md5::digest(bytes))));
    let crc_of_bytes = || format!("{:08x}", crc_fast::checksum(Crc32IsoHdlc, bytes));
    let crc_fits = crc.is_none_or(|crc| crc.eq_ignore_ascii_case(&crc_of_bytes()));
    if md5_fits && crc_fits { Ok(()) } else { Err(ApiError::hash_check()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_is_held_against_md5_or_crc_and_needs_one() {
        let verify = |pairs: &[(&str, &str)]| verify(&Params::from_pairs(pairs), b"123456789");
        assert_eq!(verify(&[("hash", "25f9e794323b453885f5181f1b624d0b")]), Ok(()));
        assert_eq!(verify(&[("crc", "CBF43926")]), Ok(()));
        assert_eq!(verify(&[("crc", "cbf43927")]), Err(ApiError::hash_check()));
        assert_eq!(
            verify(&[("hash", "25f9e794323b453885f5181f1b624d0b"), ("crc", "00")]),
            Err(ApiError::hash_check())
        );
        assert_ne!(verify(&[]), Ok(()));
    }
}
