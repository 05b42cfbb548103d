//! Decides about one object of a pass.

use super::{NextAction, Scan};
use crate::{
    Decision, Entrypoint, Error, ErrorKind, IntakePolicy, Location, PublishedVideo, SidecarResult,
    SourceEntry, Uploader,
    error::is_sidecar_decided,
    intake::policy::NOT_WHOLE,
    ledger::UploadRequest,
    sweep::discovery::{StopReason, run_until_deadline},
};

/// Failures in a row after which a source is skipped until the next run.
const FAILURES: u32 = 3;

impl<F> Scan<'_, '_, F>
where
    F: Fn(&str) -> Result<Uploader, Error>,
{
    /// Reads an object's properties, decides about it, and uploads it if the decision says so.
    pub(super) async fn examine(&mut self, entry: &SourceEntry) -> NextAction {
        self.report.requests += 1;
        let location = Location { key: entry.key.clone(), ..self.rule_scan.location.clone() };
        let discovery = self.discovery;
        // The ledger's clock: this machine's own cannot judge how long an object was left untouched.
        let intake = IntakePolicy { now: self.times.now, ..discovery.intake };
        if let Some((video, account)) = intake.find_updated_video(&location)
            && let Some(next) = self.update_video(entry, &intake, &video, account).await
        {
            return next;
        }
        let decision = intake.decide(discovery.source, &location, Some(entry.size));
        match run_until_deadline(self.run, decision).await {
            None => NextAction::Stop(StopReason::Deadline),
            Some(Ok(decision)) => {
                self.failures = 0;
                match decision {
                    Decision::Skip(reason) => {
                        let may_be_published_later = self.rule_scan.rule.unfinished_after_seconds.is_some();
                        if reason == NOT_WHOLE && may_be_published_later {
                            self.record_growing(entry);
                        }
                        NextAction::NextObject
                    }
                    Decision::Upload { job, object, callback, republish } => {
                        let (job, object) = (*job, *object);
                        let request = UploadRequest {
                            callback,
                            entrypoint: Some(Entrypoint::Scan),
                            // The back catalogue that a person asks for waits behind what lands now.
                            landed: object.modified.filter(|_| self.discovery.bounds.since.is_none()),
                            ..UploadRequest::new(job, object)
                        };
                        self.upload_object(entry, request, republish).await
                    }
                }
            }
            // It is gone: what replaces it is newer.
            Some(Err(error)) if error.kind() == ErrorKind::SourceMissing => NextAction::NextObject,
            Some(Err(error)) if error.kind() == ErrorKind::InvalidJob => {
                if self.is_already_scanned(entry) {
                    self.report.known += 1;
                    return NextAction::NextObject;
                }
                let refused = Err(error);
                if !self.discovery.is_dry {
                    Box::pin(self.report_to_rule(&location, entry.size, &refused)).await;
                }
                refused.err().into_iter().for_each(|error| self.record_error(location.clone(), error));
                NextAction::NextObject
            }
            Some(Err(error)) => {
                self.failures += 1;
                if self.record_failure(entry) {
                    self.record_error(location, error);
                } else {
                    self.report.known += 1;
                }
                if self.failures < FAILURES { NextAction::NextObject } else { NextAction::NextRule }
            }
        }
    }

    /// Carries out a sidecar whose video is there; `None` where there is no such video, so that the sidecar may still begin an upload.
    async fn update_video(
        &mut self,
        entry: &SourceEntry,
        intake: &IntakePolicy<'_>,
        video: &Location,
        account: &str,
    ) -> Option<NextAction> {
        if self.discovery.is_dry {
            return Some(NextAction::NextObject);
        }
        let uploader = (self.uploader_of)(account);
        let updating = async {
            let uploader = uploader?;
            uploader.update_from_sidecar(self.discovery.source, intake, (video, account), self.run).await
        };
        match run_until_deadline(self.run, updating).await {
            None => Some(NextAction::Stop(StopReason::Deadline)),
            Some(Ok(Some(SidecarResult::NoVideo))) => None,
            Some(Ok(result)) => {
                self.report.sidecars += u32::from(result == Some(SidecarResult::Changed));
                Some(NextAction::NextObject)
            }
            Some(Err(error)) => {
                let location = Location { key: entry.key.clone(), ..self.rule_scan.location.clone() };
                if error.kind() == ErrorKind::InvalidJob && !self.is_already_scanned(entry) {
                    let refused = Err(error);
                    Box::pin(self.report_to_rule(&location, entry.size, &refused)).await;
                    refused.err().into_iter().for_each(|error| self.record_error(location.clone(), error));
                    return Some(NextAction::NextObject);
                }
                // What Youku refused is on record; what does not fit is reported once.
                let is_decided = is_sidecar_decided(&error);
                if is_decided && self.is_already_scanned(entry) || !is_decided && !self.record_failure(entry)
                {
                    self.report.known += 1;
                } else {
                    self.record_error(location, error);
                }
                Some(NextAction::NextObject)
            }
        }
    }

    /// Notifies the rule's callback that an object's metadata cannot be read.
    async fn report_to_rule(&self, location: &Location, size: u64, refused: &Result<PublishedVideo, Error>) {
        let callback = self.discovery.intake.refusal_callback(location, Some(size));
        let Some((callback, key, account)) = callback else { return };
        match (self.uploader_of)(&account) {
            Ok(uploader) => uploader.report_refusal(Some(&callback), &key, refused, self.run).await,
            Err(error) => tracing::warn!(?error, "could not notify the rule's callback of the refusal"),
        }
    }
}
