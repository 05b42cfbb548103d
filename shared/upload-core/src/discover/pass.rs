//! One run's share of one rule's pass.

use super::{
    Discovered, Discovery, FoundUpload, Stopped, Trouble, in_time,
    note::{Asked, Place},
};
use crate::{
    Arrival, ArrivalEnd, Automatic, Error, ErrorKind, Location, Run, SourceEntry, SourcePage, UploadId,
    Uploader, Verdict,
    automatic::NOT_WHOLE,
    ledger::{Times, Work},
    patience::Patience,
    rules::{Admission, admit},
};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// An object may be older than the moment at which it can be seen: Amazon dates a multipart object by the beginning of its upload, and source
/// and ledger may tell the time differently. So a pass looks again at what was written so long before the last complete one.
const MARGIN: Duration = Duration::from_secs(24 * 3600);
/// Objects of a rule that are remembered to grow.
const GROWING: usize = 200;
/// A source that fails so often in a row is left alone until the next run.
const FAILURES: u32 = 3;

pub(super) struct Pass<'p, 'a, F> {
    discovery: &'p Discovery<'a>,
    uploader_of: &'p F,
    run: &'p Run,
    times: Times,
    place: &'p mut Place<'a>,
    found: &'p mut Discovered,
    /// Older objects are left alone.
    from: SystemTime,
    after: Option<String>,
    failures: u32,
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
    Stop(Stopped),
}

impl<'p, 'a, F> Pass<'p, 'a, F>
where
    F: Fn(&str) -> Result<Uploader, Error>,
{
    pub(super) fn new(
        discovery: &'p Discovery<'a>,
        uploader_of: &'p F,
        run: &'p Run,
        times: Times,
        place: &'p mut Place<'a>,
        found: &'p mut Discovered,
    ) -> Self {
        let note = &mut place.note;
        let (from, after) = match discovery.bounds.since {
            None => {
                note.began.get_or_insert_with(|| times.now.into());
                (times.birth.max(note.from.get()), note.after.clone())
            }
            Some(since) => {
                let since = since.before(times.now);
                let asked = note.asked.as_ref().filter(|asked| asked.goes_on(since, times.now));
                (since, asked.map(|asked| asked.after.clone()))
            }
        };
        Self { discovery, uploader_of, run, times, place, found, from, after, failures: 0 }
    }

    /// Goes on with the pass until it is complete, or something stops it: the answer, where that ends the whole run.
    ///
    /// # Errors
    /// Where the ledger does not keep the cursor.
    pub(super) async fn run(mut self) -> Result<Option<Stopped>, Error> {
        loop {
            if let Some(stopped) = self.exhausted() {
                self.save().await?;
                return Ok(Some(stopped));
            }
            let page = match in_time(self.run, self.page()).await {
                None => return Ok(Some(Stopped::Deadline)),
                Some(Ok(page)) => page,
                Some(Err(error)) => {
                    self.trouble(self.place.location.clone(), error);
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
        Patience::new(self.discovery.automatic.retry).retrying(list).await
    }

    async fn entry(&mut self, entry: &SourceEntry) -> Next {
        if !self.is_wanted(entry) {
            return Next::On;
        }
        if let Some(stopped) = self.exhausted() {
            return Next::Stop(stopped);
        }
        self.found.requests += 1;
        let location = Location { key: entry.key.clone(), ..self.place.location.clone() };
        let discovery = self.discovery;
        // The ledger's clock: this machine's own is no judge of how long an object was left untouched.
        let automatic = Automatic { now: self.times.now, ..discovery.automatic };
        let deciding = automatic.decide(discovery.source, &location, entry.size);
        match in_time(self.run, deciding).await {
            None => Next::Stop(Stopped::Deadline),
            Some(Ok(arrival)) => {
                self.failures = 0;
                match arrival {
                    Arrival::Skip(reason) => {
                        let grows_up = self.place.rule.unfinished_after_seconds.is_some();
                        if reason == NOT_WHOLE && grows_up {
                            self.grows(entry);
                        }
                        Next::On
                    }
                    Arrival::Upload { job, object, callback, republish } => {
                        let (job, object) = (*job, *object);
                        let work = Work { job, object, called: None, callback, brought: None };
                        self.object(entry, work, republish).await
                    }
                }
            }
            // It is gone: what comes in its place is newer.
            Some(Err(error)) if error.kind() == ErrorKind::SourceMissing => Next::On,
            Some(Err(error)) if error.kind() == ErrorKind::InvalidJob => {
                if self.was_seen(entry) {
                    self.found.known += 1;
                } else {
                    self.trouble(location, error);
                }
                Next::On
            }
            Some(Err(error)) => {
                self.failures += 1;
                self.hold(entry);
                self.trouble(location, error);
                if self.failures < FAILURES { Next::On } else { Next::Rule }
            }
        }
    }

    /// Whether the object is this rule's, and neither too old, nor too young, nor seen before.
    fn is_wanted(&mut self, entry: &SourceEntry) -> bool {
        let automatic = self.discovery.automatic;
        let bucket = &self.place.location.bucket;
        let own = match admit(bucket, &entry.key, entry.size, automatic.rules, automatic.reserved) {
            // Where rules overlap, the object belongs to one of them.
            Admission::Upload(rule) | Admission::Sidecar { rule, .. } => {
                rule.prefix == self.place.rule.prefix
            }
            Admission::Skip(_) => false,
        };
        if !own {
            return false;
        }
        if entry.modified < self.from {
            self.found.older += 1;
            return false;
        }
        if self.discovery.bounds.since.is_some() {
            return true;
        }
        if entry.modified + self.discovery.bounds.grace > self.times.now {
            self.found.young += 1;
            return false;
        }
        let note = &self.place.note;
        note.growing.contains(&entry.key)
            || note.seen.is_none_or(|seen| entry.modified + MARGIN >= seen.get())
    }

    /// Whether a complete pass has seen the object: what was refused then is refused in silence.
    fn was_seen(&self, entry: &SourceEntry) -> bool {
        let seen = self.place.note.seen.filter(|_| self.discovery.bounds.since.is_none());
        seen.is_some_and(|seen| entry.modified < seen.get())
    }

    /// Uploads an object that the ledger does not know.
    async fn object(&mut self, entry: &SourceEntry, work: Work, republish: bool) -> Next {
        let (id, location) = (UploadId::of(&work.object, &work.job), work.object.location.clone());
        match in_time(self.run, self.discovery.ledger.knows(&id)).await {
            None => return Next::Stop(Stopped::Deadline),
            Some(Ok(true)) => {
                self.found.known += 1;
                return Next::On;
            }
            Some(Ok(false)) => {}
            Some(Err(error)) => {
                self.trouble(location, error);
                return Next::Stop(Stopped::Ledger);
            }
        }
        if self.found.uploads.len() >= self.discovery.bounds.uploads {
            return Next::Stop(Stopped::Uploads);
        }
        let ended = match self.ready(&work).await {
            Ok(uploader) if self.was_seen(entry) && uploader.validate(&work).is_err() => {
                self.found.known += 1;
                return Next::On;
            }
            Ok(uploader) => match Box::pin(uploader.upload_arrival(&work, republish, self.run)).await {
                Ok(ArrivalEnd::Published(published)) => Ok(published),
                Ok(ArrivalEnd::SameContent) => {
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
                if !settled {
                    self.hold(entry);
                }
                after_failure(error, settled)
            }
        };
        self.found.uploads.push(FoundUpload { id, location, ended });
        next
    }

    /// The uploader of the object's account, unless Youku refuses the account's calls for now: then nothing is begun.
    async fn ready(&self, work: &Work) -> Result<Uploader, Error> {
        let account = &work.job.account;
        self.discovery.ledger.may_call(account).await?;
        (self.uploader_of)(account)
    }

    /// Whether the next pass need not see the object again: the ledger knows it by now, or nothing can come of this version.
    async fn is_settled(&self, id: &UploadId, error: &Error) -> bool {
        match error.kind() {
            ErrorKind::InvalidJob | ErrorKind::SourceMissing | ErrorKind::SourceChanged => true,
            _ => matches!(self.discovery.ledger.knows(id).await, Ok(true)),
        }
    }

    /// A later pass publishes it, however long its rule waits. Where there are many, the whole pass looks back as far.
    fn grows(&mut self, entry: &SourceEntry) {
        let growing = &mut self.place.note.still_growing;
        if growing.len() >= GROWING {
            return self.hold(entry);
        }
        growing.insert(entry.key.clone());
    }

    fn hold(&mut self, entry: &SourceEntry) {
        let held = &mut self.place.note.held;
        let modified = entry.modified.into();
        *held = Some(held.map_or(modified, |held| held.min(modified)));
    }

    fn trouble(&mut self, location: Location, error: Error) {
        self.found.troubles.push(Trouble { location: Some(location), error });
    }

    fn exhausted(&self) -> Option<Stopped> {
        if self.run.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            Some(Stopped::Deadline)
        } else if self.found.requests >= self.discovery.bounds.requests {
            Some(Stopped::Requests)
        } else if self.found.uploads.len() >= self.discovery.bounds.uploads {
            Some(Stopped::Uploads)
        } else {
            None
        }
    }

    fn complete(&mut self) {
        if self.discovery.bounds.since.is_some() {
            return;
        }
        let note = &mut self.place.note;
        let began = note.began.take();
        note.seen = note.held.take().into_iter().chain(began).min();
        note.growing = std::mem::take(&mut note.still_growing);
    }

    async fn save(&mut self) -> Result<(), Error> {
        let (note, after) = (&mut self.place.note, self.after.clone());
        match self.discovery.bounds.since {
            None => note.after = after,
            Some(_) => {
                let (since, at) = (self.from.into(), self.times.now.into());
                note.asked = after.map(|after| Asked { since, at, after });
            }
        }
        self.discovery.ledger.set_note(&self.place.name, note).await
    }
}

/// Youku refuses the account for now, so its other objects are left alone; without the ledger nothing goes on.
fn after_failure(error: &Error, settled: bool) -> Next {
    use ErrorKind::{Config, RateLimited, Reauthorise, Unauthorised};
    match (error.kind(), error.verdict()) {
        (RateLimited | Unauthorised | Reauthorise | Config, _) if settled => Next::Rule,
        (RateLimited | Unauthorised | Reauthorise | Config, _) => Next::Later,
        (ErrorKind::Ledger, verdict) if verdict != Verdict::Permanent => Next::Stop(Stopped::Ledger),
        _ => Next::On,
    }
}
