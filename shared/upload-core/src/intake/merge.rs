//! The one merge: what every entrypoint's job becomes with what its object, the object's sidecar and its rule state.
//!
//! Field by field, the highest that states it holds: the task or the flags, the object's user metadata, its sidecar, the rule that
//! matches it; defaults fill the rest. A field that the task states is not read from object or sidecar, so a mistake there cannot fail
//! the task. Who may watch is the exception: a public type or watch password that cannot be read there refuses the job, whoever asks.

use crate::{
    Callback, Error, ErrorKind, Location, Mode, Object, RetryPolicy, Source, head_object,
    intake::rules::{Rule, Sidecar, sidecar_key},
    model::metadata::{PublicType, VideoMetadata},
    retry::RetryBudget,
    transfer::poll_alongside::poll_alongside,
};
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, MaybeDone, maybe_done};
use std::{future::Future, pin::Pin};

/// The largest sidecar that is read, in bytes.
const SIDECAR_LIMIT: usize = 64 << 10;
/// S3's header for user metadata that it has and cannot return.
const MISSING_METADATA: &str = "x-amz-missing-meta";

/// What a job needs beyond the video's metadata, as far as somebody stated it.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// The account's name in the settings.
    pub account: Option<String>,
    /// Youku's protocol.
    pub mode: Option<Mode>,
    /// Who is told of the outcome.
    pub callback: Option<Callback>,
}

impl Terms {
    /// Takes from `rule` what is not stated.
    #[must_use]
    pub fn or_from_rule(self, rule: Option<&Rule>) -> Self {
        let Some(rule) = rule else { return self };
        Self {
            account: self.account.or_else(|| Some(rule.account.clone())),
            mode: self.mode.or(rule.mode),
            callback: self.callback.or_else(|| rule.callback()),
        }
    }
}

/// A sidecar's bytes on their way; `None` where there is none.
type SidecarRead<'l> = BoxFuture<'l, Result<Option<Bytes>, Error>>;

/// What an object's store says of it: the object itself, and beside it its sidecar.
pub(crate) struct Lookup<'l> {
    source: &'l dyn Source,
    location: &'l Location,
    retry: RetryPolicy,
    sidecar: MaybeDone<SidecarRead<'l>>,
}

impl<'l> Lookup<'l> {
    /// Prepares the requests for an object that `rule` matches.
    pub(crate) fn new(
        source: &'l dyn Source,
        location: &'l Location,
        rule: Option<&Rule>,
        retry: RetryPolicy,
    ) -> Self {
        let reading = match rule.map_or(Sidecar::Off, |rule| rule.sidecar) {
            Sidecar::Off => async { Ok(None) }.boxed(),
            Sidecar::Optional | Sidecar::Required => read_sidecar(source, location, retry).boxed(),
        };
        Self { source, location, retry, sidecar: maybe_done(reading) }
    }

    /// Looks at the object while its sidecar is being read.
    ///
    /// # Errors
    /// As [`look`].
    pub(crate) async fn object(&mut self) -> Result<Object, Error> {
        let looking = head_object(self.source, self.location, &self.retry);
        poll_alongside(looking, |cx| Pin::new(&mut self.sidecar).poll(cx)).await
    }

    /// Waits for the sidecar; `None` where there is none, or its rule turns it off.
    ///
    /// # Errors
    /// What the source answers once patience has ended.
    pub(crate) async fn sidecar(mut self) -> Result<Option<Bytes>, Error> {
        let mut reading = Pin::new(&mut self.sidecar);
        reading.as_mut().await;
        Ok(reading.take_output().transpose()?.flatten())
    }
}

async fn read_sidecar(
    source: &dyn Source,
    video: &Location,
    retry: RetryPolicy,
) -> Result<Option<Bytes>, Error> {
    let location = Location { key: sidecar_key(&video.key), ..video.clone() };
    let read = || source.read_small(&location, SIDECAR_LIMIT);
    RetryBudget::new(retry).retry(read).await
}

/// Merges what the task or flags state (`stated`), the object, its sidecar and its rule state about the video.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob), naming what does not fit: metadata or a sidecar that cannot be read; metadata that the store
/// could not return, where `stated` has no public type; a sidecar that the rule requires and that is not there, likewise; a watch
/// password on a video that everybody could watch.
pub(crate) fn merge_video(
    stated: VideoMetadata,
    object: &Object,
    sidecar: Option<&[u8]>,
    rule: Option<&Rule>,
) -> Result<VideoMetadata, Error> {
    let names_audience = stated.public_type.is_some();
    if object.missing_metadata > 0 && !names_audience {
        let message = "the store could not return all of the object's metadata, which may say who may watch: state public_type in a task";
        return Err(unfit(message)
            .with_context("header", MISSING_METADATA)
            .with_context("entries", object.missing_metadata.to_string()));
    }
    let is_required = rule.is_some_and(|rule| rule.sidecar == Sidecar::Required);
    if is_required && sidecar.is_none() && !names_audience {
        let message =
            "the rule requires a sidecar, and there is none: write it, or state public_type in a task";
        return Err(unfit(message).with_context("sidecar", sidecar_key(&object.location.key)));
    }
    let metadata = VideoMetadata::from_user_metadata_below(&object.user_metadata, &stated)?;
    let beside = sidecar.map(|json| VideoMetadata::from_sidecar_below(json, &stated)).transpose();
    let beside = beside
        .map_err(|error| Error::from(error).with_context("sidecar", sidecar_key(&object.location.key)))?
        .unwrap_or_default();
    let below = rule.map(Rule::metadata).unwrap_or_default();
    let mut protected = Vec::new();
    let mut is_decided = names_audience;
    for (place, layer) in [("youku-watch-password", &metadata), ("sidecar watch_password", &beside)] {
        is_decided |= layer.public_type.is_some();
        if !is_decided && layer.watch_password.is_some() {
            protected.push(place);
        }
    }
    let lower = VideoMetadata::merge(metadata, VideoMetadata::merge(beside, below));
    let video = VideoMetadata::merge(stated, lower);
    match protected.first() {
        Some(place) if video.public_type != Some(PublicType::Password) => {
            Err(unfit("the object has a watch password, and public_type is not stated as password")
                .with_context("field", *place))
        }
        _ => Ok(video),
    }
}

fn unfit(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidJob, "metadata", message)
}
