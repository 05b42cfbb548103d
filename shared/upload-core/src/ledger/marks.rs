//! The open marks that one holder knows: the one it wrote, and those it found.
//!
//! It deletes only these. Another process's later mark has another key, however late this holder wakes.

use super::{
    Timestamp,
    codec::decode,
    mark_key::{Due, LONGEST_PAUSE_NUMBER, MarkKey, TAG_DIGITS},
    notices,
    open_mark::{OpenMark, ScheduledVideo},
    open_uploads::OpenUpload,
    pending_callback::PendingCallback,
    queue_place::QueuePlace,
    record::Record,
    request::StoredRequest,
    step::{StepKind, WaitReason},
    store::Access,
};
use crate::{Error, UploadId};
use std::time::{SystemTime, UNIX_EPOCH};

/// A holder's marks.
pub(super) struct Marks {
    access: Access,
    id: UploadId,
    tag: String,
    keys: Vec<String>,
    /// The one that it wrote last, which exists.
    written: Option<String>,
    /// The upload is settled: none of them is needed any more.
    pub(super) settled: bool,
    /// Pauses in a row of an upload that could not continue.
    pauses: u8,
    /// The pause that it was found in: when that was marked, and its number.
    last_pause: Option<(SystemTime, u8)>,
    /// The keyed hash of the access token that Youku refuses.
    refused_token: Option<String>,
    /// Its place in the queue for calls that Youku refuses for now.
    place: Option<Box<QueuePlace>>,
    /// The callback that the upload still waits for after its end.
    callback: Option<PendingCallback>,
    /// The hour that its video waits for.
    publication: Option<ScheduledVideo>,
}

impl Marks {
    /// Creates the marks of a holder, which found these.
    pub(super) fn new(access: &Access, id: &UploadId, holder: &str, found: Option<OpenUpload>) -> Self {
        let last_pause = found.as_ref().and_then(OpenUpload::last_pause);
        let (keys, pauses) = found.map_or_else(Default::default, |found| (found.keys, found.pauses));
        let tag = holder.chars().take(TAG_DIGITS).collect();
        let keys = keys.into_iter().map(|(key, _)| key).collect();
        Self { last_pause, ..Self::with_keys(access, id, tag, keys, pauses) }
    }

    fn with_keys(access: &Access, id: &UploadId, tag: String, keys: Vec<String>, pauses: u8) -> Self {
        Self {
            access: access.clone(),
            id: id.clone(),
            tag,
            keys,
            written: None,
            settled: false,
            pauses,
            last_pause: None,
            refused_token: None,
            place: None,
            callback: None,
            publication: None,
        }
    }

    /// Creates the marks of an upload that nobody holds, to be written under this tag in place of `keys`.
    pub(super) fn without_lease(
        access: &Access,
        id: &UploadId,
        tag: String,
        keys: Vec<String>,
        pauses: u8,
    ) -> Self {
        Self::with_keys(access, id, tag, keys, pauses)
    }

    /// States that the next marked wait ends with another access token than the one of this keyed hash.
    pub(super) fn refuse_token(&mut self, token: Option<String>) {
        self.refused_token = token;
    }

    /// States that the next marked wait is for Youku to take calls again, and the upload's place among those that wait for it.
    pub(super) fn queue_at(&mut self, place: QueuePlace) {
        self.place = Some(Box::new(place));
    }

    fn new_mark(&self, request: &StoredRequest) -> OpenMark {
        OpenMark {
            callback: self.callback.clone(),
            publication: self.publication.clone(),
            ..OpenMark::new(request)
        }
    }

    /// States in the marks to come which callback the upload waits for after its end, with the attempts that the known marks count.
    /// One read for each of these, and none if the upload waits for none.
    pub(super) async fn resume_callback(&mut self, record: &Record) -> Result<(), Error> {
        self.publication = ScheduledVideo::from_record(record);
        if PendingCallback::from_record(record).is_none() {
            return Ok(());
        }
        for key in &self.keys {
            let Some(found) = self.access.read(key).await? else { continue };
            // What cannot be read has counted nothing.
            let counted = decode::<OpenMark>(key, &found.bytes).ok().and_then(|mark| mark.callback);
            let more = |counted: &PendingCallback| {
                self.callback.as_ref().is_none_or(|known| known.attempts < counted.attempts)
            };
            self.callback = counted.filter(more).or(self.callback.take());
        }
        self.track_callback(record);
        Ok(())
    }

    /// States in the marks to come which callback the upload waits for now.
    pub(super) fn track_callback(&mut self, record: &Record) {
        let earlier = self.callback.take();
        self.publication = ScheduledVideo::from_record(record);
        self.callback =
            PendingCallback::from_record(record).map(|pending| pending.continuing(earlier.as_ref()));
    }

    /// Counts attempts to deliver the callback, the last of which ended with `code`.
    pub(super) fn count_attempts(&mut self, record: &Record, attempts: u32, code: &str) {
        self.track_callback(record);
        if let Some(callback) = &mut self.callback {
            callback.attempts = callback.attempts.saturating_add(attempts);
            callback.code = Some(code.to_owned());
        }
    }

    /// Marks the upload as due, in addition to the marks found: until this holder has confirmed its claim, a
    /// mark that it found may be another's.
    pub(super) async fn set(&mut self, request: &StoredRequest) -> Result<(), Error> {
        self.write(Due::Now, &self.new_mark(request)).await.map(drop)
    }

    /// Marks the upload as due at this time, and not before; `reason` is that of its last step.
    pub(super) async fn wait(
        &mut self,
        request: &StoredRequest,
        until: Option<Timestamp>,
        reason: Option<WaitReason>,
    ) -> Result<(), Error> {
        let (refused, place) = (self.refused_token.take(), self.place.take());
        let due = until.map_or(Due::Now, |until| match place {
            Some(place) => Due::InTurn { until, place: *place },
            None => Due::Until { until, refused },
        });
        self.replace(due, OpenMark { not_before: until, waiting: reason, ..self.new_mark(request) }).await
    }

    /// Marks the upload as due after a pause, longer than the last. `now`: the store's time, where the upload may have been paused before.
    pub(super) async fn pause(
        &mut self,
        mark: OpenMark,
        why: &Error,
        now: Option<SystemTime>,
    ) -> Result<(), Error> {
        let paused = Some(why.kind().code().to_owned());
        let due = Due::next_pause(self.pauses, why);
        // The same pause begins anew with each request, and that for what a worker lacks with each sweep: it is reported once a day.
        let is_new = |number| {
            let same = self.last_pause.filter(|(_, last)| *last == number && number != LONGEST_PAUSE_NUMBER);
            same.is_none_or(|(at, _)| Some(day(at)) != now.map(day))
        };
        // The first pause, and then the longest, a day each.
        if let Due::Pause(number @ (0 | 1 | LONGEST_PAUSE_NUMBER)) = due
            && is_new(number)
        {
            let code = why.kind().code();
            Box::pin(notices::queue_pause(&self.access, &self.id, &mark, code, number)).await?;
        }
        self.replace(due, OpenMark { paused, waiting: None, ..mark }).await
    }

    /// Marks the upload as due at this time, with what its mark states otherwise.
    pub(super) async fn postpone(&mut self, mark: OpenMark, until: Timestamp) -> Result<(), Error> {
        let due = Due::Until { until, refused: None };
        self.replace(due, OpenMark { not_before: Some(until), ..mark }).await
    }

    /// Writes the new mark before it deletes the old ones: there is always one.
    async fn replace(&mut self, due: Due, mark: OpenMark) -> Result<(), Error> {
        let new = self.write(due, &mark).await?;
        self.delete(|key| *key != new).await
    }

    async fn write(&mut self, due: Due, mark: &OpenMark) -> Result<String, Error> {
        let (id, tag) = (self.id.clone(), Some(self.tag.clone()));
        let key = MarkKey { id, tag, due }.to_string();
        // Recorded before it is written: the response may be lost.
        if !self.keys.contains(&key) {
            self.keys.push(key.clone());
        }
        self.access.write(&key, mark.encode()?).await?;
        self.written = Some(key.clone());
        Ok(key)
    }

    /// Deletes the upload's marks that this holder knows.
    pub(super) async fn clear(&mut self) -> Result<(), Error> {
        self.written = None;
        self.delete(|_| true).await
    }

    async fn delete(&mut self, which: impl Fn(&String) -> bool) -> Result<(), Error> {
        for key in self.keys.extract_if(.., |key| which(key)).collect::<Vec<_>>() {
            if let Err(error) = self.access.delete(&key).await {
                self.keys.push(key);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Deletes the marks of a settled upload. Of another it leaves one if there are several: this holder's if it is known to hold the
    /// upload, else those it found.
    pub(super) async fn tidy(&mut self, is_confirmed_holder: bool) {
        if self.settled {
            if let Err(error) = self.clear().await {
                tracing::warn!(?error, upload_id = %self.id, "an open mark is left for the sweep to clear");
            }
            return;
        }
        let (own_tag, written) = (format!(".{}", self.tag), self.written.clone());
        let found = self.keys.iter().any(|key| !key.contains(&own_tag));
        let result = match written {
            Some(written) if is_confirmed_holder => self.delete(|key| *key != written).await,
            _ if !is_confirmed_holder && found => self.delete(|key| key.contains(&own_tag)).await,
            _ => Ok(()),
        };
        if let Err(error) = result {
            tracing::debug!(?error, upload_id = %self.id, "an open mark is left for the next holder");
        }
    }

    /// Deletes what this holder wrote after another process took the upload: that one has a mark of its own.
    pub(super) async fn withdraw(mut self) {
        let own_tag = format!(".{}", self.tag);
        if let Err(error) = self.delete(|key| key.contains(&own_tag)).await {
            tracing::debug!(?error, upload_id = %self.id, "an open mark is left for the sweep to clear");
        }
    }

    /// Resets the pauses because a person or a new event requests the upload: what was wrong may be fixed.
    pub(super) fn forget_pauses(&mut self) {
        self.pauses = 0;
    }

    /// Resets the pauses when the upload makes progress. A step after the claim changes what is to be sent.
    pub(super) fn note_step(&mut self, step: StepKind) {
        if step != StepKind::Claimed {
            self.callback = None;
        }
        if !matches!(step, StepKind::Claimed | StepKind::Waiting) {
            (self.pauses, self.last_pause) = (0, None);
        }
    }
}

/// The day of a time, counted from 1970.
fn day(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 86_400
}
