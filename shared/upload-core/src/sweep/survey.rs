//! What a sweep finds due, in the order in which it resumes it.
//!
//! The list of marks is in the order of the uploads' ids, which is nobody's order of arrival. So it is read to its end before anything is
//! resumed. Uploads that wait until Youku takes calls again then have their turn by when they landed, and alternate with all others, which
//! continue after the last one that the sweep before had room for: neither can keep the other out.

use super::call_queue::CallQueue;
use crate::{
    Error, UploadId,
    ledger::{Ledger, OpenUpload},
};
use std::{
    collections::{BTreeSet, VecDeque},
    time::SystemTime,
};
use tokio::time::Instant;

/// Uploads in one list.
const PAGE: usize = 999;
/// How many are remembered at most, of each client's queue and of all others: some MiB. Far more than a sweep resumes, since what it
/// leaves, as a mark that cannot be read, must not hide what comes after it.
const MOST_KNOWN: usize = 10_000;

/// The uploads that are due.
pub(super) struct Survey {
    /// Uploads that wait for their time.
    pub(super) skipped: usize,
    /// Foreign entries among the marks: each names its key.
    pub(super) foreign: Vec<Error>,
    queue: CallQueue,
    others: VecDeque<OpenUpload>,
    /// Others come after these, for which there was no room.
    are_others_cut: bool,
    /// The last of the others that was taken.
    after: Option<UploadId>,
    is_others_turn: bool,
}

impl Survey {
    /// Lists what is due: all that wait for calls, and the others from after `after`. `tokens` are the keyed hashes of the access tokens in
    /// use.
    ///
    /// # Errors
    /// If the marks cannot be listed.
    pub(super) async fn take(
        ledger: &Ledger,
        tokens: &BTreeSet<String>,
        after: Option<UploadId>,
        clock: &mut StoreClock,
    ) -> Result<Self, Error> {
        let mut survey = Self {
            skipped: 0,
            foreign: Vec::new(),
            queue: CallQueue::new(MOST_KNOWN),
            others: VecDeque::new(),
            are_others_cut: false,
            after,
            // What was begun is continued first, also by sweeps that have time or room for one upload only.
            is_others_turn: true,
        };
        let mut page_after = None;
        loop {
            let page = ledger.open_marks(page_after.as_ref(), PAGE).await?;
            survey.foreign.extend(page.foreign);
            for upload in page.uploads {
                let is_replaced = |token: &String| !tokens.is_empty() && !tokens.contains(token);
                let is_due = upload.due.is_none()
                    || upload.refused_token.as_ref().is_some_and(is_replaced)
                    || upload.is_due(clock.now(ledger).await?);
                survey.add(upload, is_due);
            }
            page_after = page.next;
            if page_after.is_none() {
                return Ok(survey);
            }
        }
    }

    fn add(&mut self, upload: OpenUpload, is_due: bool) {
        match upload.place.clone() {
            Some(place) if is_due => self.queue.add(*place, upload),
            None if self.after.as_ref().is_some_and(|after| upload.id <= *after) => {}
            None if is_due && self.others.len() >= MOST_KNOWN => self.are_others_cut = true,
            None if is_due => self.others.push_back(upload),
            _ => self.skipped += 1,
        }
    }

    /// Takes the next upload.
    pub(super) fn pop(&mut self) -> Option<OpenUpload> {
        let takes_other = self.queue.is_empty() || self.is_others_turn && !self.others.is_empty();
        self.is_others_turn = !takes_other;
        if !takes_other {
            return self.queue.pop();
        }
        let upload = self.others.pop_front()?;
        self.after = Some(upload.id.clone());
        Some(upload)
    }

    /// Whether [`pop`](Self::pop) has nothing left.
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.others.is_empty()
    }

    /// Whether uploads are left whose client's calls Youku may take.
    pub(super) fn has_queue(&self) -> bool {
        self.queue.has_left()
    }

    /// Leaves the uploads that wait for this client's calls to a later sweep; returns how many there were.
    pub(super) fn leave(&mut self, client: &str) -> usize {
        self.queue.leave(client)
    }

    /// After which of the others the next sweep continues; `None` where none is left.
    pub(super) fn into_next(self) -> Option<UploadId> {
        if self.others.is_empty() && !self.are_others_cut { None } else { self.after }
    }
}

/// The store's clock, read once if a mark names a time.
#[derive(Default)]
pub(super) struct StoreClock(Option<(SystemTime, Instant)>);

impl StoreClock {
    /// A clock that was read just now.
    pub(super) fn new(now: SystemTime) -> Self {
        Self(Some((now, Instant::now())))
    }

    pub(super) async fn now(&mut self, ledger: &Ledger) -> Result<SystemTime, Error> {
        let (time, at) = match self.0 {
            Some(known) => known,
            None => *self.0.insert((ledger.times().await?.now, Instant::now())),
        };
        Ok(time + at.elapsed())
    }
}
