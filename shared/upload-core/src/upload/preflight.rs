//! The preflight: looks at an object's headers before its bytes are moved, so that what cannot become a video is refused here.

use crate::{
    Error, ErrorKind, Object, Preflight, PreflightReport, Progress, RetryPolicy, Source, TransferSettings,
    UploadError as _, VideoLimits, retry::RetryBudget, transfer::Transfer,
};
use futures_util::future::BoxFuture;
use media_probe::{Probe, Report};
use std::sync::Arc;

/// Looks at the object's headers: a few small reads of exactly this version, each retried as a transfer's are. Warns of a video beyond the limits.
///
/// # Errors
/// The source's. An object that is broken is a report with findings.
pub fn probe_object<'a>(
    source: &'a dyn Source,
    object: &'a Object,
    limits: VideoLimits,
    retry: RetryPolicy,
) -> BoxFuture<'a, Result<Report, Error>> {
    Box::pin(async move { probe(source, object, limits, &RetryBudget::new(retry)).await })
}

/// As [`probe_object`], within the retry budget of an upload. Its bytes count for no progress: a reading pass reads them again.
pub(super) fn probe<'a>(
    source: &'a dyn Source,
    object: &'a Object,
    limits: VideoLimits,
    retry: &'a RetryBudget,
) -> BoxFuture<'a, Result<Report, Error>> {
    Box::pin(async move {
        let progress = Arc::new(Progress::default());
        let settings = TransferSettings::default();
        let transfer = &Transfer { source, object, settings, retry, progress: &progress, stop: None };
        let reader = move |offset: u64, length: usize| async move {
            let range = offset..offset.saturating_add(length as u64);
            let piece = transfer.retried_piece(range).await?;
            retry.reset();
            Ok::<_, Error>(piece.to_vec())
        };
        let mut probe = Probe::new(object.size).file_name(&object.location.key);
        if let Some(most) = limits.max_duration {
            probe = probe.max_duration(most);
        }
        if let Some(most) = limits.max_size {
            probe = probe.max_size(most);
        }
        probe.run(&reader).await
    })
}

impl PreflightReport {
    /// Logs what was found, and decides by it.
    ///
    /// # Errors
    /// [`NotPublishable`](ErrorKind::NotPublishable), with the report, if a finding refuses the object and `mode` lets it.
    pub(super) fn enforce(&self, mode: Preflight) -> Result<(), Error> {
        let findings = self.words();
        if !self.is_refused() || mode != Preflight::Refuse {
            if !findings.is_empty() {
                tracing::info!(findings, preflight = mode.as_str(), "the preflight found something");
            }
            return Ok(());
        }
        tracing::info!(findings, preflight = mode.as_str(), "the preflight refuses the object");
        self.refuse()
    }

    /// Refuses the object where a finding does.
    ///
    /// # Errors
    /// [`NotPublishable`](ErrorKind::NotPublishable), with the report.
    pub fn refuse(&self) -> Result<(), Error> {
        if !self.is_refused() {
            return Ok(());
        }
        let sentences: Vec<_> = self.refusals().map(|finding| finding.text.as_str()).collect();
        let error = Error::new(ErrorKind::NotPublishable, "preflight", sentences.join(" "));
        Err(error.with_preflight(self.clone()))
    }
}
