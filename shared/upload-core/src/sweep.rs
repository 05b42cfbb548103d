//! The sweep: goes on with what is open and nobody holds.
//!
//! The list of marks tells who is due; nothing more is asked about the others. One mark that cannot be read, one upload whose steps are damaged
//! or that cannot go on, is trouble of its own, and the rest goes on.

use crate::{
    Discovered, Error, ErrorKind, PublishedVideo, Run, UploadId, Uploader,
    ledger::{Ledger, OpenMark, OpenUpload, Record, cannot_go_on},
};
use std::{
    collections::BTreeSet,
    future::Future,
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

/// An open mark without steps is deleted after this time: its first holder died before it said what it was about, and the event has
/// come again since.
const STRAY: Duration = Duration::from_secs(3600);
/// Uploads that are listed at once.
const PAGE: usize = 999;

/// What a sweep did.
#[derive(Debug, Default)]
pub struct Swept {
    /// Uploads that it went on with, and how that ended.
    pub resumed: Vec<(UploadId, Result<PublishedVideo, Error>)>,
    /// Uploads that had ended, and whose callback was tried.
    pub told: usize,
    /// Uploads that somebody works on, or that wait for their time.
    pub left: u32,
    /// Marks of uploads that were at rest already, or never began.
    pub cleared: u32,
    /// Marks that cannot be read, and what stands among them and is none: each names its key.
    pub troubles: Vec<Error>,
    /// It ended before it had looked at every mark; the next one begins behind this.
    pub next: Option<UploadId>,
    /// What was found beside them.
    pub discovered: Discovered,
    /// Tries that were not to be counted as uploads gone on with, and cost as much.
    tried: usize,
}

impl Swept {
    /// How many of the uploads that it may go on with it did.
    #[must_use]
    pub fn spent(&self) -> usize {
        self.resumed.len() + self.told + self.tried
    }
}

/// Goes on with open uploads, one after the other, from behind `after`, with at most `limit` of them and until the run's deadline.
///
/// An account whose calls Youku refuses for now is left alone for the rest of the sweep.
///
/// # Errors
/// [`Ledger`](ErrorKind::Ledger) where the marks cannot be listed, or the store fails; how single uploads end is in the answer.
pub async fn sweep<F, Fut>(
    ledger: &Ledger,
    uploader_of: F,
    after: Option<UploadId>,
    limit: usize,
    run: &Run,
) -> Result<Swept, Error>
where
    F: Fn(UploadId, OpenMark) -> Fut,
    Fut: Future<Output = Result<Uploader, Error>>,
{
    sweep_with(ledger, uploader_of, &BTreeSet::new(), after, limit, run).await
}

/// The same where the access tokens in use are known by their [keyed hashes](Ledger::token_hash): an upload that waits because Youku
/// refuses another token than these is due.
///
/// # Errors
/// As [`sweep`].
pub async fn sweep_with<F, Fut>(
    ledger: &Ledger,
    uploader_of: F,
    tokens: &BTreeSet<String>,
    after: Option<UploadId>,
    limit: usize,
    run: &Run,
) -> Result<Swept, Error>
where
    F: Fn(UploadId, OpenMark) -> Fut,
    Fut: Future<Output = Result<Uploader, Error>>,
{
    let mut swept = Swept::default();
    let mut refused = BTreeSet::new();
    let mut clock = Clock::default();
    let mut after = after;
    loop {
        let page = ledger.open_marks(after.as_ref(), PAGE).await?;
        swept.troubles.extend(page.foreign);
        for upload in page.uploads {
            let late = run.deadline.is_some_and(|deadline| Instant::now() >= deadline);
            if swept.spent() >= limit || late {
                swept.next = after;
                return Ok(swept);
            }
            after = Some(upload.id.clone());
            let renewed = |token: &String| !tokens.is_empty() && !tokens.contains(token);
            let due = upload.due.is_none()
                || upload.refused_token.as_ref().is_some_and(renewed)
                || upload.is_due(clock.now(ledger).await?);
            if !due {
                swept.left += 1;
                continue;
            }
            let mark = match ledger.open_mark(&upload).await {
                Ok(Some(mark)) => mark,
                Ok(None) => continue,
                Err(error) if cannot_go_on(&error) => {
                    swept.troubles.push(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if refused.contains(&mark.account) {
                swept.left += 1;
                continue;
            }
            let ended = Box::pin(go_on(ledger, &uploader_of, &upload, &mark, run)).await;
            if let Err(error) | Ok(Went::Untold(error)) = &ended
                && error.kind() == ErrorKind::RateLimited
            {
                refused.insert(mark.account.clone());
            }
            swept.note(ledger, &upload, mark, ended).await?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(swept);
        }
    }
}

/// The store's clock, asked once where a mark names a time.
#[derive(Default)]
struct Clock(Option<(SystemTime, Instant)>);

impl Clock {
    async fn now(&mut self, ledger: &Ledger) -> Result<SystemTime, Error> {
        let (time, at) = match self.0 {
            Some(known) => known,
            None => *self.0.insert((ledger.times().await?.now, Instant::now())),
        };
        Ok(time + at.elapsed())
    }
}

/// What came of one mark.
enum Went {
    Cleared,
    Told,
    /// The callback waits for another sweep.
    Untold(Error),
    /// It cannot go on yet.
    Still(Error),
    Published(PublishedVideo),
}

async fn go_on<F, Fut>(
    ledger: &Ledger,
    uploader_of: &F,
    upload: &OpenUpload,
    mark: &OpenMark,
    run: &Run,
) -> Result<Went, Error>
where
    F: Fn(UploadId, OpenMark) -> Fut,
    Fut: Future<Output = Result<Uploader, Error>>,
{
    let id = &upload.id;
    if upload.is_paused() {
        // Before its steps are read, or Youku is asked: what kept it may keep it still.
        let uploader = match uploader_of(id.clone(), mark.clone()).await {
            Err(error) if cannot_go_on(&error) => return Ok(Went::Still(error)),
            uploader => uploader?,
        };
        if let Err(error) = uploader.can_go_on(id, mark, run).await {
            return Ok(Went::Still(error));
        }
    }
    let record = match ledger.read(id).await {
        Err(error) if cannot_go_on(&error) => return Ok(Went::Still(error)),
        record => record?,
    };
    if record.as_ref().is_some_and(Record::is_at_rest) {
        ledger.resume(id).await?;
        return Ok(Went::Cleared);
    }
    let uploader = match uploader_of(id.clone(), mark.clone()).await {
        Err(error) if cannot_go_on(&error) => return Ok(Went::Still(error)),
        uploader => uploader?,
    };
    if record.is_some_and(|record| record.state.has_ended()) {
        return Ok(uploader.tell(id, run).await.map_or_else(Went::Untold, |()| Went::Told));
    }
    uploader.resume(id, run).await.map(Went::Published)
}

impl Swept {
    async fn note(
        &mut self,
        ledger: &Ledger,
        upload: &OpenUpload,
        mark: OpenMark,
        ended: Result<Went, Error>,
    ) -> Result<(), Error> {
        let id = &upload.id;
        match ended {
            Ok(Went::Cleared) => self.cleared += 1,
            Ok(Went::Told) => self.told += 1,
            Ok(Went::Untold(error)) => {
                self.tried += 1;
                if cannot_go_on(&error) {
                    return self.put_off(ledger, upload, mark, error).await;
                }
                tracing::warn!(?error, upload_id = %id, "the callback waits for the next sweep");
                self.left += 1;
            }
            Ok(Went::Still(error)) => {
                self.tried += 1;
                return self.put_off(ledger, upload, mark, error).await;
            }
            Ok(Went::Published(published)) => self.resumed.push((id.clone(), Ok(published))),
            Err(error) if waits(&error) => self.left += 1,
            // No step when it was looked for; there may be one by now.
            Err(error) if error.kind() == ErrorKind::InvalidJob && error.operation() == "ledger" => {
                if ledger.read(id).await?.is_none() && ledger.clear_stray(upload, STRAY).await? {
                    self.cleared += 1;
                } else {
                    self.left += 1;
                }
            }
            Err(error) => self.resumed.push((id.clone(), Err(error))),
        }
        Ok(())
    }

    /// Leaves an upload that cannot go on alone for a while. The first time it is told as how the upload went, what this worker lacks each
    /// time; else later in the log alone.
    async fn put_off(
        &mut self,
        ledger: &Ledger,
        upload: &OpenUpload,
        mark: OpenMark,
        error: Error,
    ) -> Result<(), Error> {
        let id = &upload.id;
        // What this worker lacks another may have: the mark stays as it is.
        let is_own = upload.is_paused() && error.kind() == ErrorKind::Config;
        if !is_own
            && (upload.is_paused() || cannot_go_on(&error))
            && let Err(unpaused) = ledger.pause_open(upload, mark, &error).await
        {
            // What is wrong with this one is no reason to leave the others.
            if !cannot_go_on(&unpaused) {
                return Err(unpaused);
            }
            self.troubles.push(unpaused);
        }
        if upload.is_paused() && !is_own {
            tracing::warn!(?error, upload_id = %id, "the upload still cannot go on");
            self.left += 1;
        } else {
            self.tried = self.tried.saturating_sub(1);
            self.resumed.push((id.clone(), Err(error)));
        }
        Ok(())
    }
}

/// Whether the upload was not taken up because it is held, or not due.
fn waits(error: &Error) -> bool {
    // Not taken up, or put down again at once: either way it is the settings that must change first.
    if error.kind() == ErrorKind::Reauthorise {
        return true;
    }
    error.operation() == "ledger"
        && matches!(
            error.kind(),
            ErrorKind::InProgress
                | ErrorKind::RateLimited
                | ErrorKind::Unauthorised
                | ErrorKind::ClientRefused
                | ErrorKind::Deadline
                | ErrorKind::CommitUnknown
                | ErrorKind::HashRefused
                | ErrorKind::Source
                | ErrorKind::Target
        )
}
