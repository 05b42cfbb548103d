//! One run's share of one rule's pass.

pub(crate) mod wanted;

use crate::sweep::{
    cursor::{RequestedScan, RuleScan},
    discovery::{Discovery, DiscoveryReport, FoundUpload, ScanError, StopReason, until_deadline},
};
use crate::{
    ArrivalOutcome, Decision, Error, ErrorKind, IntakePolicy, Location, PublishedVideo, RetryAdvice,
    RunContext, SourceEntry, SourcePage, UploadId, Uploader,
    intake::policy::NOT_WHOLE,
    ledger::{MarkResult, StoreTimes, UploadRequest},
    retry::RetryBudget,
    upload::reopening,
};
use std::time::SystemTime;
use tokio::time::Instant;

/// A source that fails so often in a row is left alone until the next run.
const FAILURES: u32 = 3;

pub(crate) struct Scan<'p, 'a, F> {
    discovery: &'p Discovery<'a>,
    uploader_of: &'p F,
    run: &'p RunContext,
    times: StoreTimes,
    place: &'p mut RuleScan<'a>,
    found: &'p mut DiscoveryReport,
    /// Older objects are left alone.
    from: SystemTime,
    after: Option<String>,
    failures: u32,
    /// The object at hand was noted as one that cannot be dealt with.
    noted: bool,
}

/// What follows an object that the ledger knows.
enum KnownUpload {
    Dealt(Next),
    /// Its upload failed because it was gone, or another one.
    Returned,
}

/// What follows an object.
enum Next {
    /// The next one.
    On,
    /// The next rule; this object is dealt with.
    Rule,
    /// The next rule; this rule's next run begins with this object.
    Later,
    /// The end of the run; this object is not dealt with.
    Stop(StopReason),
}

impl<'p, 'a, F> Scan<'p, 'a, F>
where
    F: Fn(&str) -> Result<Uploader, Error>,
{
    pub(crate) fn new(
        discovery: &'p Discovery<'a>,
        uploader_of: &'p F,
        run: &'p RunContext,
        times: StoreTimes,
        place: &'p mut RuleScan<'a>,
        found: &'p mut DiscoveryReport,
    ) -> Self {
        let note = &mut place.note;
        let (from, after) = match discovery.bounds.since {
            None => {
                note.begin(times.now);
                (times.birth.max(note.from.get()), note.after.clone())
            }
            Some(since) => {
                let since = since.before(times.now);
                let asked = note.asked.as_ref().filter(|asked| asked.is_same_request(since, times.now));
                (since, asked.map(|asked| asked.after.clone()))
            }
        };
        Self { discovery, uploader_of, run, times, place, found, from, after, failures: 0, noted: false }
    }

    /// Goes on with the pass until it is complete, or something stops it: the answer, where that ends the whole run.
    ///
    /// # Errors
    /// Where the ledger does not keep the cursor.
    pub(crate) async fn run(mut self) -> Result<Option<StopReason>, Error> {
        loop {
            if let Some(stopped) = self.exhausted() {
                self.save().await?;
                return Ok(Some(stopped));
            }
            let page = match until_deadline(self.run, self.page()).await {
                None => return Ok(Some(StopReason::Deadline)),
                Some(Ok(page)) => page,
                Some(Err(error)) => {
                    self.record_error(self.place.location.clone(), error);
                    return Ok(None);
                }
            };
            for entry in page.entries {
                match self.entry(&entry).await {
                    Next::On => self.after = Some(entry.key),
                    Next::Rule => {
                        self.after = Some(entry.key);
                        self.save().await?;
                        return Ok(None);
                    }
                    Next::Later => {
                        self.save().await?;
                        return Ok(None);
                    }
                    Next::Stop(stopped) => {
                        self.save().await?;
                        return Ok(Some(stopped));
                    }
                }
            }
            self.after = page.next;
            if self.after.is_none() {
                self.complete();
            }
            self.save().await?;
            if self.after.is_none() {
                return Ok(None);
            }
        }
    }

    async fn page(&mut self) -> Result<SourcePage, Error> {
        self.found.requests += 1;
        let (source, place) = (self.discovery.source, &self.place.location);
        let list = || source.list(place, self.after.as_deref());
        RetryBudget::new(self.discovery.automatic.retry).retry(list).await
    }

    async fn entry(&mut self, entry: &SourceEntry) -> Next {
        if !self.is_wanted(entry) {
            return Next::On;
        }
        if let Some(stopped) = self.exhausted() {
            return Next::Stop(stopped);
        }
        let next = self.examine(entry).await;
        if !std::mem::take(&mut self.noted) && !matches!(next, Next::Stop(_)) {
            self.place.note.odd.forget(&entry.key);
        }
        next
    }

    async fn examine(&mut self, entry: &SourceEntry) -> Next {
        self.found.requests += 1;
        let location = Location { key: entry.key.clone(), ..self.place.location.clone() };
        let discovery = self.discovery;
        // The ledger's clock: this machine's own is no judge of how long an object was left untouched.
        let automatic = IntakePolicy { now: self.times.now, ..discovery.automatic };
        let deciding = automatic.decide(discovery.source, &location, entry.size);
        match until_deadline(self.run, deciding).await {
            None => Next::Stop(StopReason::Deadline),
            Some(Ok(arrival)) => {
                self.failures = 0;
                match arrival {
                    Decision::Skip(reason) => {
                        let grows_up = self.place.rule.unfinished_after_seconds.is_some();
                        if reason == NOT_WHOLE && grows_up {
                            self.note_growth(entry);
                        }
                        Next::On
                    }
                    Decision::Upload { job, object, callback, republish } => {
                        let (job, object) = (*job, *object);
                        let work = UploadRequest {
                            job,
                            object,
                            requested_key: None,
                            callback,
                            caller_account: None,
                        };
                        self.object(entry, work, republish).await
                    }
                }
            }
            // It is gone: what comes in its place is newer.
            Some(Err(error)) if error.kind() == ErrorKind::SourceMissing => Next::On,
            Some(Err(error)) if error.kind() == ErrorKind::InvalidJob => {
                if self.was_seen(entry) {
                    self.found.known += 1;
                    return Next::On;
                }
                let refused = Err(error);
                Box::pin(self.report_to_rule(&location, entry.size, &refused)).await;
                refused.err().into_iter().for_each(|error| self.record_error(location.clone(), error));
                Next::On
            }
            Some(Err(error)) => {
                self.failures += 1;
                if self.is_new(entry) {
                    self.record_error(location, error);
                } else {
                    self.found.known += 1;
                }
                if self.failures < FAILURES { Next::On } else { Next::Rule }
            }
        }
    }

    /// Uploads an object that the ledger does not know.
    async fn object(&mut self, entry: &SourceEntry, work: UploadRequest, republish: bool) -> Next {
        let (id, location) = (UploadId::new(&work.object, &work.job), work.object.location.clone());
        match until_deadline(self.run, self.discovery.ledger.has_upload(&id)).await {
            None => return Next::Stop(StopReason::Deadline),
            Some(Ok(true)) => match self.find_known(&id, location.clone()).await {
                // It is back as it was when its upload failed for that: the upload goes on.
                KnownUpload::Returned => {}
                KnownUpload::Dealt(next) => {
                    self.found.known += 1;
                    return next;
                }
            },
            Some(Ok(false)) => {}
            Some(Err(error)) => {
                self.record_error(location, error);
                return Next::Stop(StopReason::Ledger);
            }
        }
        if self.found.uploads.len() >= self.discovery.bounds.uploads {
            return Next::Stop(StopReason::Uploads);
        }
        let ended = match self.ready(&work).await {
            Ok(uploader) if self.was_seen(entry) && uploader.validate(&work).is_err() => {
                self.found.known += 1;
                return Next::On;
            }
            Ok(uploader) => match Box::pin(uploader.upload_arrival(&work, republish, self.run)).await {
                Ok(ArrivalOutcome::Published(published)) => Ok(published),
                Ok(ArrivalOutcome::SameContent) => {
                    self.found.known += 1;
                    return Next::On;
                }
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        let next = match &ended {
            Ok(_) => Next::On,
            Err(error) => {
                let settled = self.is_settled(&id, error).await;
                let next = after_failure(error, settled);
                match next {
                    _ if settled => {}
                    Next::On => _ = self.is_new(entry),
                    _ => self.hold(entry),
                }
                next
            }
        };
        self.found.uploads.push(FoundUpload { id, location, ended });
        next
    }

    /// Makes sure that an upload which is not at rest has its mark: without it no sweep finds it.
    async fn find_known(&mut self, id: &UploadId, location: Location) -> KnownUpload {
        if !self.place.note.marks && self.discovery.bounds.since.is_none() {
            return KnownUpload::Dealt(Next::On);
        }
        KnownUpload::Dealt(match until_deadline(self.run, self.discovery.ledger.restore_mark(id)).await {
            None => Next::Stop(StopReason::Deadline),
            Some(Ok(MarkResult::AtRest(record))) if reopening::is_due(&record, self.times.now) => {
                return KnownUpload::Returned;
            }
            Some(Ok(MarkResult::Again)) => {
                tracing::warn!(upload_id = %id, "the upload's open mark was lost: it is marked again");
                Next::On
            }
            Some(Ok(MarkResult::Before | MarkResult::AtRest(_))) => Next::On,
            Some(Err(error)) => {
                let permanent = error.advice() == RetryAdvice::Permanent;
                self.record_error(location, error);
                if permanent { Next::On } else { Next::Stop(StopReason::Ledger) }
            }
        })
    }

    /// Tells the rule's callback that an object's metadata cannot be read.
    async fn report_to_rule(&self, location: &Location, size: u64, refused: &Result<PublishedVideo, Error>) {
        let told = self.discovery.automatic.refusal_callback(location, size);
        let Some((callback, key, account)) = told else { return };
        match (self.uploader_of)(&account) {
            Ok(uploader) => uploader.report_refusal(Some(&callback), &key, refused, self.run).await,
            Err(error) => tracing::warn!(?error, "the rule's callback is not told of the refusal"),
        }
    }

    /// The uploader of the object's account, unless Youku refuses the account's calls for now: then nothing is begun.
    async fn ready(&self, work: &UploadRequest) -> Result<Uploader, Error> {
        let account = &work.job.account;
        let uploader = (self.uploader_of)(account)?;
        self.discovery.ledger.ensure_calls_allowed(uploader.account_name(account)).await?;
        Ok(uploader)
    }

    /// Whether the next pass need not see the object again: the ledger knows it by now, or nothing can come of this version.
    async fn is_settled(&self, id: &UploadId, error: &Error) -> bool {
        match error.kind() {
            ErrorKind::InvalidJob
            | ErrorKind::NoSuchUpload
            | ErrorKind::SourceMissing
            | ErrorKind::SourceChanged => true,
            _ => matches!(self.discovery.ledger.has_upload(id).await, Ok(true)),
        }
    }

    fn record_error(&mut self, location: Location, error: Error) {
        self.found.troubles.push(ScanError { location: Some(location), error });
    }

    fn exhausted(&self) -> Option<StopReason> {
        if self.run.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            Some(StopReason::Deadline)
        } else if self.found.requests >= self.discovery.bounds.requests {
            Some(StopReason::Requests)
        } else if self.found.uploads.len() >= self.discovery.bounds.uploads {
            Some(StopReason::Uploads)
        } else {
            None
        }
    }

    fn complete(&mut self) {
        if self.discovery.bounds.since.is_some() {
            return;
        }
        self.place.note.complete();
    }

    async fn save(&mut self) -> Result<(), Error> {
        let (note, after) = (&mut self.place.note, self.after.clone());
        match self.discovery.bounds.since {
            None => note.after = after,
            Some(_) => {
                let (since, at) = (self.from.into(), self.times.now.into());
                note.asked = after.map(|after| RequestedScan { since, at, after });
            }
        }
        self.discovery.ledger.set_note(&self.place.name, note).await
    }
}

/// Youku refuses the account for now, so its other objects are left alone; without the ledger nothing goes on.
fn after_failure(error: &Error, settled: bool) -> Next {
    use ErrorKind::{ClientRefused, Config, RateLimited, Reauthorize, Unauthorized};
    match (error.kind(), error.advice()) {
        (RateLimited | Unauthorized | ClientRefused | Reauthorize | Config, _) if settled => Next::Rule,
        (RateLimited | Unauthorized | ClientRefused | Reauthorize | Config, _) => Next::Later,
        (ErrorKind::Ledger, verdict) if verdict != RetryAdvice::Permanent => Next::Stop(StopReason::Ledger),
        _ => Next::On,
    }
}
