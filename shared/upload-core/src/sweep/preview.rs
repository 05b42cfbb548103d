//! What a sweep would do with the open uploads, without doing it.

use super::survey::{StoreClock, Survey};
use crate::{
    DiscoveryReport, Error, Location, UploadId,
    ledger::{Ledger, OpenUpload, needs_operator},
};
use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

/// What a sweep would do.
#[derive(Debug, Default)]
pub struct SweepPreview {
    /// Uploads that are due and that nobody holds.
    pub due: Vec<DueUpload>,
    /// Uploads that another process holds, or that wait for their time.
    pub skipped: u32,
    /// Unfinished uploads of files that lie on a user's machine: no sweep has their bytes.
    pub carried: u32,
    /// What cannot be read: each names its key.
    pub errors: Vec<Error>,
    /// Whether there are more that are due than the sweep would take.
    pub has_more: bool,
    /// What the scan of the buckets would find.
    pub discovered: DiscoveryReport,
}

/// An upload that a sweep would deal with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueUpload {
    /// The upload.
    pub id: UploadId,
    /// Where its object lies.
    pub location: Location,
    /// What the sweep would do.
    pub action: DueAction,
}

/// What a sweep would do with an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueAction {
    /// Resume it.
    Resume,
    /// Send its callback.
    Notify,
    /// Delete its mark: it is settled, or never began.
    Clear,
}

impl SweepPreview {
    /// How many of its uploads and callbacks count towards a sweep's limit.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.due.iter().filter(|due| due.action != DueAction::Clear).count()
    }
}

impl DueAction {
    /// The stable code for outcomes.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Resume => "resume",
            Self::Notify => "notify",
            Self::Clear => "clear",
        }
    }
}

/// Finds what [`sweep_with`](crate::sweep_with) would do from after `after` with at most `limit` uploads. Takes no lease and writes
/// nothing. Whether Youku accepts calls for now is not asked.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger) if the ledger cannot be read.
pub async fn preview_sweep(
    ledger: &Ledger,
    tokens: &BTreeSet<String>,
    after: Option<UploadId>,
    limit: usize,
) -> Result<SweepPreview, Error> {
    let mut preview = SweepPreview::default();
    // A ledger without a birth has no upload.
    let Some(times) = ledger.recorded_times().await? else { return Ok(preview) };
    let mut clock = StoreClock::new(times.now);
    let mut survey = Survey::take(ledger, tokens, after, &mut clock).await?;
    preview.errors.append(&mut survey.foreign);
    preview.skipped = u32::try_from(survey.skipped).unwrap_or(u32::MAX);
    while !survey.is_empty() {
        if preview.calls() >= limit {
            preview.has_more = true;
            break;
        }
        let Some(upload) = survey.pop() else { break };
        match examine(ledger, &upload, times.now).await {
            Ok(Examined::Due(due)) => preview.due.push(due),
            Ok(Examined::Held) => preview.skipped += 1,
            Ok(Examined::Carried) => preview.carried += 1,
            Ok(Examined::Gone) => {}
            Err(error) if needs_operator(&error) => preview.errors.push(error),
            Err(error) => return Err(error),
        }
    }
    Ok(preview)
}

enum Examined {
    Due(DueUpload),
    Held,
    Carried,
    Gone,
}

async fn examine(ledger: &Ledger, upload: &OpenUpload, now: SystemTime) -> Result<Examined, Error> {
    let id = &upload.id;
    let Some(mark) = ledger.open_mark(upload).await? else { return Ok(Examined::Gone) };
    let due =
        |action| Ok(Examined::Due(DueUpload { id: id.clone(), location: mark.location.clone(), action }));
    let record = ledger.read(id).await?;
    if record.as_ref().is_some_and(|record| record.is_settled()) {
        return due(DueAction::Clear);
    }
    // Whether it is held does not matter: a sweep does not even ask.
    if record.as_ref().is_some_and(|record| !record.state.has_ended() && record.request.location.is_carried())
    {
        return Ok(Examined::Carried);
    }
    if ledger.holder(id).await?.is_some_and(|holder| !holder.remaining.is_zero()) {
        return Ok(Examined::Held);
    }
    match record {
        Some(record) if record.state.has_ended() => due(DueAction::Notify),
        Some(_) => due(DueAction::Resume),
        // Its first holder died before it stated what the upload is about.
        None if now.duration_since(upload.marked).unwrap_or(Duration::ZERO) >= super::report::STRAY_AGE => {
            due(DueAction::Clear)
        }
        None => Ok(Examined::Held),
    }
}
