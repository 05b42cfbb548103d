//! Uploads one object of a pass.

use super::{NextAction, Scan};
use crate::{
    ArrivalOutcome, Error, ErrorKind, Location, RetryAdvice, SourceEntry, UploadId, Uploader,
    ledger::{MarkResult, UploadRequest},
    sweep::discovery::{FoundUpload, PlannedUpload, StopReason, run_until_deadline},
    upload::reopening,
};

/// What follows an object that the ledger knows.
enum KnownUpload {
    Handled(NextAction),
    /// Its upload failed because the object was missing or changed, and the object is back.
    Returned,
}

impl<F> Scan<'_, '_, F>
where
    F: Fn(&str) -> Result<Uploader, Error>,
{
    /// Uploads an object, unless the ledger knows it.
    pub(super) async fn upload_object(
        &mut self,
        entry: &SourceEntry,
        request: UploadRequest,
        republish: bool,
    ) -> NextAction {
        let (id, location) = (UploadId::new(&request.object, &request.job), request.object.location.clone());
        match run_until_deadline(self.run, self.discovery.ledger.has_upload(&id)).await {
            None => return NextAction::Stop(StopReason::Deadline),
            Some(Ok(true)) => match self.find_known(&id, location.clone()).await {
                // The object is back as it was when its upload failed for that: the upload resumes.
                KnownUpload::Returned => {}
                KnownUpload::Handled(next) => {
                    self.report.known += 1;
                    // A symlink's list entry tells nothing of its target, which may be another by the next pass.
                    let is_as_listed = request.object.etag == entry.etag && request.object.size == entry.size;
                    if is_as_listed && matches!(next, NextAction::NextObject) {
                        self.remember_version(entry);
                    }
                    return next;
                }
            },
            Some(Ok(false)) => {}
            Some(Err(error)) => {
                self.record_error(location, error);
                return NextAction::Stop(StopReason::Ledger);
            }
        }
        if self.uploads() >= self.discovery.bounds.uploads {
            return NextAction::Stop(StopReason::Uploads);
        }
        if self.discovery.is_dry {
            self.plan_object(entry, &request, id, location, republish).await;
            return NextAction::NextObject;
        }
        let result = match self.open_uploader(&request).await {
            Ok(uploader) => {
                let video = request.describe_video();
                if self.is_already_scanned(entry) && video.is_err() {
                    self.report.known += 1;
                    return NextAction::NextObject;
                }
                match Box::pin(uploader.upload_described(&request, video, republish, self.run)).await {
                    Ok(ArrivalOutcome::Published(published)) => Ok(published),
                    Ok(ArrivalOutcome::SameContent) => {
                        self.report.known += 1;
                        return NextAction::NextObject;
                    }
                    Err(error) => Err(error),
                }
            }
            Err(error) => Err(error),
        };
        let next = match &result {
            Ok(_) => NextAction::NextObject,
            Err(error) => {
                let settled = self.is_settled(&id, error).await;
                let next = next_after_failure(error, settled);
                match next {
                    _ if settled => {}
                    NextAction::NextObject => _ = self.record_failure(entry),
                    _ => self.mark_unhandled(entry),
                }
                next
            }
        };
        self.report.uploads.push(FoundUpload { id, location, result });
        next
    }

    /// Reports what would become of an object that the ledger does not know.
    async fn plan_object(
        &mut self,
        entry: &SourceEntry,
        request: &UploadRequest,
        id: UploadId,
        location: Location,
        republish: bool,
    ) {
        let planned = async {
            request.describe_video()?;
            let uploader = (self.uploader_of)(&request.job.account)?;
            Ok::<_, Error>(republish || uploader.find_same_content(&id, request).await?.is_none())
        };
        match planned.await {
            Ok(true) => self.report.planned.push(PlannedUpload { id, location }),
            Ok(false) => self.report.known += 1,
            Err(_) if self.is_already_scanned(entry) => self.report.known += 1,
            Err(error) => self.record_error(location, error),
        }
    }

    /// Checks that an upload which is not settled has its mark: without one no sweep finds it.
    async fn find_known(&mut self, id: &UploadId, location: Location) -> KnownUpload {
        if !self.rule_scan.cursor.checks_marks && self.discovery.bounds.since.is_none() {
            return KnownUpload::Handled(NextAction::NextObject);
        }
        if self.discovery.is_dry {
            return match run_until_deadline(self.run, self.discovery.ledger.read(id)).await {
                None => KnownUpload::Handled(NextAction::Stop(StopReason::Deadline)),
                Some(Ok(Some(record))) if reopening::is_due(&record, self.times.now) => KnownUpload::Returned,
                Some(Ok(_)) => KnownUpload::Handled(NextAction::NextObject),
                Some(Err(error)) => KnownUpload::Handled(self.record_ledger_error(location, error)),
            };
        }
        KnownUpload::Handled(
            match run_until_deadline(self.run, self.discovery.ledger.restore_mark(id)).await {
                None => NextAction::Stop(StopReason::Deadline),
                Some(Ok(MarkResult::Settled(record))) if reopening::is_due(&record, self.times.now) => {
                    return KnownUpload::Returned;
                }
                Some(Ok(MarkResult::Restored)) => {
                    tracing::warn!(upload_id = %id, "the upload's open mark was lost: wrote it again");
                    NextAction::NextObject
                }
                Some(Ok(MarkResult::AlreadyMarked | MarkResult::Settled(_))) => NextAction::NextObject,
                Some(Err(error)) => self.record_ledger_error(location, error),
            },
        )
    }

    /// Reports what the ledger cannot say of an object: a damaged entry stops nothing, a ledger that fails does.
    fn record_ledger_error(&mut self, location: Location, error: Error) -> NextAction {
        let is_permanent = error.advice() == RetryAdvice::Permanent;
        self.record_error(location, error);
        if is_permanent { NextAction::NextObject } else { NextAction::Stop(StopReason::Ledger) }
    }

    /// Opens the uploader of the object's account, unless Youku refuses the account's calls for now: then
    /// nothing begins.
    async fn open_uploader(&self, request: &UploadRequest) -> Result<Uploader, Error> {
        let account = &request.job.account;
        let uploader = (self.uploader_of)(account)?;
        self.discovery.ledger.ensure_calls_allowed(uploader.account_name(account)).await?;
        Ok(uploader)
    }

    /// Whether the next pass need not examine the object again: the ledger knows it by now, or this version
    /// cannot become a video.
    async fn is_settled(&self, id: &UploadId, error: &Error) -> bool {
        match error.kind() {
            ErrorKind::InvalidJob
            | ErrorKind::NoSuchUpload
            | ErrorKind::SourceMissing
            | ErrorKind::SourceChanged => true,
            _ => matches!(self.discovery.ledger.has_upload(id).await, Ok(true)),
        }
    }
}

/// Decides what follows a failed upload. If Youku refuses the account for now, its other objects are skipped;
/// without the ledger no work continues.
fn next_after_failure(error: &Error, settled: bool) -> NextAction {
    use ErrorKind::{ClientRefused, Config, RateLimited, Reauthorize, Unauthorized};
    match (error.kind(), error.advice()) {
        (RateLimited | Unauthorized | ClientRefused | Reauthorize | Config, _) if settled => {
            NextAction::NextRule
        }
        (RateLimited | Unauthorized | ClientRefused | Reauthorize | Config, _) => NextAction::RetryRule,
        (ErrorKind::Ledger, verdict) if verdict != RetryAdvice::Permanent => {
            NextAction::Stop(StopReason::Ledger)
        }
        _ => NextAction::NextObject,
    }
}
