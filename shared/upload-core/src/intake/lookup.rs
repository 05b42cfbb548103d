//! Reads what an object's store states about it.

use super::rules::{Rule, Sidecar, sidecar_key};
use crate::{
    Error, Location, Object, RetryPolicy, Source, head_object, retry::RetryBudget,
    transfer::poll_alongside::poll_alongside,
};
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, MaybeDone, maybe_done};
use std::{future::Future, pin::Pin};

/// Size limit of a sidecar, in bytes.
const SIDECAR_LIMIT: usize = 64 << 10;

/// A sidecar's bytes being read; `None` if there is no sidecar.
type SidecarRead<'l> = BoxFuture<'l, Result<Option<Bytes>, Error>>;

/// Reads an object's properties and, alongside, its sidecar.
pub(super) struct Lookup<'l> {
    source: &'l dyn Source,
    location: &'l Location,
    retry: RetryPolicy,
    sidecar: MaybeDone<SidecarRead<'l>>,
}

impl<'l> Lookup<'l> {
    /// Prepares the requests for an object that `rule` matches; sends none.
    pub(super) fn new(
        source: &'l dyn Source,
        location: &'l Location,
        rule: Option<&Rule>,
        retry: RetryPolicy,
    ) -> Self {
        let sidecar_read = match rule.map_or(Sidecar::Off, |rule| rule.sidecar) {
            Sidecar::Off => async { Ok(None) }.boxed(),
            Sidecar::Optional | Sidecar::Required => read_sidecar(source, location, retry).boxed(),
        };
        Self { source, location, retry, sidecar: maybe_done(sidecar_read) }
    }

    /// Reads the object's properties while its sidecar is being read.
    ///
    /// # Errors
    /// As [`head_object`].
    pub(super) async fn fetch_object(&mut self) -> Result<Object, Error> {
        let request = head_object(self.source, self.location, &self.retry);
        poll_alongside(request, |cx| Pin::new(&mut self.sidecar).poll(cx)).await
    }

    /// Waits for the sidecar; `None` if there is none, or its rule turns sidecars off.
    ///
    /// # Errors
    /// The source's error once the retry budget is spent.
    pub(super) async fn fetch_sidecar(mut self) -> Result<Option<Bytes>, Error> {
        let mut sidecar_read = Pin::new(&mut self.sidecar);
        sidecar_read.as_mut().await;
        Ok(sidecar_read.take_output().transpose()?.flatten())
    }
}

/// Reads the sidecar of the video at `video`; `None` where there is none.
///
/// # Errors
/// The source's error once the retry budget is spent.
pub(crate) async fn read_sidecar(
    source: &dyn Source,
    video: &Location,
    retry: RetryPolicy,
) -> Result<Option<Bytes>, Error> {
    let location = Location { key: sidecar_key(&video.key), ..video.clone() };
    let request = || source.read_small(&location, SIDECAR_LIMIT);
    RetryBudget::new(retry).retry(request).await
}
