//! The sweep: goes on with what is open and nobody holds.

use crate::{
    Discovered, Error, ErrorKind, Published, Run, UploadId, Uploader,
    ledger::{Ledger, OpenMark, Record},
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
/// Marks that are read at once.
const PAGE: usize = 100;

/// What a sweep did.
#[derive(Debug, Default)]
pub struct Swept {
    /// Uploads that it went on with, and how that ended.
    pub resumed: Vec<(UploadId, Result<Published, Error>)>,
    /// Uploads that had ended, and whose callback was tried.
    pub told: usize,
    /// Uploads that somebody works on, or that wait for their time.
    pub left: u32,
    /// Marks of uploads that were at rest already, or never began.
    pub cleared: u32,
    /// It ended before it had looked at every mark; the next one begins behind this.
    pub next: Option<UploadId>,
    /// What was found beside them.
    pub discovered: Discovered,
}

/// Goes on with open uploads, one after the other, from behind `after`, with at most `limit` of them and until the run's deadline.
///
/// An account whose calls Youku refuses for now is left alone for the rest of the sweep.
///
/// # Errors
/// [`Ledger`](ErrorKind::Ledger) where the marks cannot be read; how single uploads end is in the answer.
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
    let mut swept = Swept::default();
    let mut refused = BTreeSet::new();
    let mut untold = 0;
    let mut after = after;
    loop {
        let page = ledger.open_marks(after.as_ref(), PAGE).await?;
        for (id, marked) in page.uploads {
            let late = run.deadline.is_some_and(|deadline| Instant::now() >= deadline);
            if swept.resumed.len() + swept.told + untold >= limit || late {
                swept.next = after;
                return Ok(swept);
            }
            if let Some(mark) = ledger.open_mark(&id).await? {
                if !mark.rest.is_zero() || refused.contains(&mark.account) {
                    swept.left += 1;
                } else {
                    let account = mark.account.clone();
                    let ended = go_on(ledger, &uploader_of, &id, mark, run).await;
                    if let Err(error) | Ok(Went::Untold(error)) = &ended
                        && error.kind() == ErrorKind::RateLimited
                    {
                        refused.insert(account);
                    }
                    untold += usize::from(matches!(ended, Ok(Went::Untold(_))));
                    swept.note(ledger, &id, marked, ended).await?;
                }
            }
            after = Some(id);
        }
        after = page.next;
        if after.is_none() {
            return Ok(swept);
        }
    }
}

/// What came of one mark.
enum Went {
    Cleared,
    Told,
    /// The callback waits for another sweep.
    Untold(Error),
    Published(Published),
}

async fn go_on<F, Fut>(
    ledger: &Ledger,
    uploader_of: &F,
    id: &UploadId,
    mark: OpenMark,
    run: &Run,
) -> Result<Went, Error>
where
    F: Fn(UploadId, OpenMark) -> Fut,
    Fut: Future<Output = Result<Uploader, Error>>,
{
    let record = ledger.read(id).await?;
    if record.as_ref().is_some_and(Record::is_at_rest) {
        ledger.resume(id).await?;
        return Ok(Went::Cleared);
    }
    let uploader = uploader_of(id.clone(), mark).await?;
    if record.is_some_and(|record| record.state.has_ended()) {
        return Ok(uploader.tell(id, run).await.map_or_else(Went::Untold, |()| Went::Told));
    }
    uploader.resume(id, run).await.map(Went::Published)
}

impl Swept {
    async fn note(
        &mut self,
        ledger: &Ledger,
        id: &UploadId,
        marked: SystemTime,
        ended: Result<Went, Error>,
    ) -> Result<(), Error> {
        match ended {
            Ok(Went::Cleared) => self.cleared += 1,
            Ok(Went::Told) => self.told += 1,
            Ok(Went::Untold(error)) => {
                tracing::warn!(?error, upload_id = %id, "the callback waits for the next sweep");
                self.left += 1;
            }
            Ok(Went::Published(published)) => self.resumed.push((id.clone(), Ok(published))),
            Err(error) if waits(&error) => self.left += 1,
            // No step when it was looked for; there may be one by now.
            Err(error) if error.kind() == ErrorKind::InvalidJob && error.operation() == "ledger" => {
                if ledger.read(id).await?.is_none() && ledger.clear_stray(id, marked, STRAY).await? {
                    self.cleared += 1;
                } else {
                    self.left += 1;
                }
            }
            Err(error) => self.resumed.push((id.clone(), Err(error))),
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
                | ErrorKind::Deadline
                | ErrorKind::CommitUnknown
                | ErrorKind::HashRefused
        )
}
