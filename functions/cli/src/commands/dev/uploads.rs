//! The uploads of the running function, whatever began them, by the ledger that it writes.

use crate::{
    local_clouds::{
        RunningClouds,
        event_response::{Diagnostic, EventResponse, IN_PROGRESS, LEFT_TO_SWEEP, RecordResult},
        failure::Failure,
        settings::LEGACY_PREFIX,
    },
    ui::messages::dev::{
        describe_callback, describe_ended, describe_refused, describe_repeated, describe_skipped,
        describe_undelivered, describe_waiting,
    },
};
use ::local_clouds::fc::{AsyncOutcome, AsyncState};
use app::{
    App, UploadDetails,
    core::{UploadId, ledger::WaitReason},
};
use std::{collections::BTreeMap, time::SystemTime};

/// Reads of the ledger after the last line of the log about an upload: its last steps come after that line.
const READS: u32 = 20;
/// What precedes an upload's id in a line of the log.
const ID_FIELD: &str = "\"upload_id\":\"";
const ID_LENGTH: usize = 32;

/// What has been said of uploads, and which are under way.
pub(super) struct Uploads {
    app: App,
    /// The bucket of objects whose results name a key alone; `None` where there are several.
    bucket: Option<String>,
    started: SystemTime,
    /// Uploads under way, with the reads that are left.
    active: BTreeMap<UploadId, u32>,
    reported: BTreeMap<UploadId, Reported>,
}

/// What has been said of one upload.
#[derive(Default)]
struct Reported {
    waiting: Option<WaitReason>,
    end: bool,
    callback: bool,
    /// The code of the last attempt of its callback, while it is not delivered.
    undelivered: Option<String>,
}

impl Uploads {
    /// Begins with what ends from now on.
    ///
    /// # Errors
    /// Where the ledger cannot be opened.
    pub(super) fn new(running: &RunningClouds) -> Result<Self, Failure> {
        let config = &running.config;
        Ok(Self {
            app: App::from_settings(running.settings.clone())?,
            bucket: Some(config.bucket.clone()).filter(|_| config.other_buckets.is_empty()),
            started: SystemTime::now(),
            active: BTreeMap::new(),
            reported: BTreeMap::new(),
        })
    }

    /// Whether the ledger is worth reading.
    pub(super) fn is_busy(&self) -> bool {
        !self.active.is_empty()
    }

    /// Takes up the upload that a line of the function's log is about.
    pub(super) fn note_log_line(&mut self, line: &str) {
        let ids = line.split(ID_FIELD).skip(1).filter_map(|rest| UploadId::parse(rest.get(..ID_LENGTH)?));
        self.active.extend(ids.map(|id| (id, READS)));
    }

    /// What the result of an event says beyond what the ledger will say.
    pub(super) async fn note_outcome(&mut self, outcome: &AsyncOutcome) -> Vec<String> {
        let body = &outcome.result.body;
        if outcome.state != AsyncState::Succeeded {
            let diagnostic = serde_json::from_slice(body).unwrap_or_else(|_| Diagnostic {
                error_type: "function_failed".into(),
                error_message: String::from_utf8_lossy(body).into_owned(),
            });
            let event = format!("event {}", outcome.request_id);
            return vec![describe_refused(&event, &diagnostic.error_message, &diagnostic.error_type)];
        }
        let begun = SystemTime::now() - outcome.result.duration;
        let mut lines = Vec::new();
        for result in serde_json::from_slice::<EventResponse>(body).map(|one| one.results).unwrap_or_default()
        {
            lines.extend(self.note_result(result, begun).await);
        }
        lines
    }

    /// `begun` is when the call that it comes from began.
    async fn note_result(&mut self, result: RecordResult, begun: SystemTime) -> Option<String> {
        let RecordResult { key, skipped, msg, error, data } = result;
        if let (Some(key), Some(code)) = (&key, skipped) {
            return Some(describe_skipped(&self.name_object(key), &code, key.starts_with(LEGACY_PREFIX)));
        }
        let data = data?;
        let id = data.upload_id.as_deref().and_then(UploadId::parse);
        let known = match &id {
            Some(id) => self.read(id).await,
            None => None,
        };
        let (Some(id), Some(details)) = (id, known) else {
            let error = error.filter(|code| !LEFT_TO_SWEEP.contains(&code.as_str()))?;
            return Some(describe_refused(&self.name_object(&data.key), &msg.unwrap_or_default(), &error));
        };
        let ended = details.record.end().map(|end| end.at.get());
        if data.videoid.is_some() && ended.is_some_and(|ended| ended < begun) {
            return Some(describe_repeated(&details.record));
        }
        // The end is printed before its holder has settled the upload; until then an event is refused.
        let is_told = self.reported.get(&id).is_some_and(|reported| reported.end);
        if error.as_deref() == Some(IN_PROGRESS) && is_told && details.record.video_id.is_some() {
            return Some(describe_repeated(&details.record));
        }
        self.active.insert(id, READS);
        None
    }

    /// What has changed about the uploads under way.
    pub(super) async fn read_changes(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for (id, reads) in std::mem::take(&mut self.active) {
            // The first step is perhaps still being written.
            let details = self.read(&id).await;
            let is_settled = details.as_ref().is_some_and(|details| details.record.is_settled());
            if let Some(details) = details {
                lines.extend(self.describe_news(&id, &details));
            }
            if let Some(reads) = reads.checked_sub(1).filter(|_| !is_settled) {
                self.active.insert(id, reads);
            }
        }
        lines
    }

    fn describe_news(&mut self, id: &UploadId, details: &UploadDetails) -> Vec<String> {
        let record = &details.record;
        let is_older = record.end().is_some_and(|end| end.at.get() < self.started);
        let reported = self.reported.entry(id.clone()).or_default();
        let mut lines = Vec::new();
        let waiting = record.waiting.map(|waiting| waiting.reason);
        if waiting != reported.waiting && !record.state.has_ended() {
            lines.extend(describe_waiting(record));
            reported.waiting = waiting;
        }
        if record.state.has_ended() && !reported.end && !is_older {
            lines.extend(describe_ended(details));
            reported.end = true;
        }
        // A reopened upload ends again.
        reported.end &= record.state.has_ended();
        // Once for each cause, however many attempts have it.
        let undelivered = details.callback.as_ref().and_then(|callback| callback.code.as_ref());
        if let Some(code) =
            undelivered.filter(|code| reported.undelivered.as_ref() != Some(*code) && !is_older)
        {
            lines.push(describe_undelivered(record, code));
            reported.undelivered = Some(code.clone());
        }
        if record.notified.is_some() && !reported.callback && !is_older {
            lines.extend(describe_callback(record));
            reported.callback = true;
        }
        lines
    }

    async fn read(&self, id: &UploadId) -> Option<UploadDetails> {
        // The ledger is a folder of this machine; what cannot be read now is read at the next tick.
        self.app.upload_details(id).await.ok().flatten()
    }

    fn name_object(&self, key: &str) -> String {
        match &self.bucket {
            Some(bucket) => format!("oss://{bucket}/{key}"),
            None => key.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_upload_of_a_log_line_is_taken_up() -> Result<(), Failure> {
        let settings = app::Settings::from_parts("", "[ledger]\nlocation = '/nowhere'\n", [])?;
        let mut uploads = Uploads {
            app: App::from_settings(settings)?,
            bucket: None,
            started: SystemTime::now(),
            active: BTreeMap::new(),
            reported: BTreeMap::new(),
        };
        let (one, other) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");
        uploads.note_log_line(&format!(
            r#"{{"fields":{{"upload_id":"{one}"}},"spans":[{{"upload_id":"{other}"}},{{"upload_id":"short"}}]}}"#
        ));
        uploads.note_log_line("FC Invoke Start RequestId: 1");
        let ids: Vec<_> = uploads.active.keys().map(UploadId::as_str).collect();
        assert_eq!(ids, [one, other]);
        Ok(())
    }
}
