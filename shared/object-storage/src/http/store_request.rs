//! A request before it is signed.

use crate::body::upload_body::{Progress, UploadBody};
use ::error::BoxError;
use bytes::Bytes;
use http::{HeaderMap, Method};
use http_body_util::combinators::UnsyncBoxBody;
use std::{sync::Arc, time::Duration};

/// What is asked of a bucket.
pub(super) struct StoreRequest<'a> {
    pub(super) operation: &'static str,
    pub(super) method: Method,
    pub(super) key: Option<&'a str>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) headers: HeaderMap,
    pub(super) create_only: bool,
    /// How long the answer may take once nothing moves any more.
    pub(super) patience: Duration,
}

/// What goes out with it.
pub(super) enum Payload {
    Bytes(Bytes),
    Stream(UnsyncBoxBody<Bytes, BoxError>, u64),
}

impl Payload {
    pub(super) const NONE: Self = Self::Bytes(Bytes::new());

    pub(super) fn into_body(self, progress: &Arc<Progress>) -> UploadBody {
        match self {
            Self::Bytes(bytes) => UploadBody::from_bytes(bytes, progress.clone()),
            Self::Stream(body, length) => UploadBody::new(body, length, progress.clone()),
        }
    }
}
