//! The messages that callbacks receive. A message has the same id at every attempt, so that its receiver recognizes a
//! repetition.

use crate::{
    Error, ErrorKind, Outcome, OutcomeData, PublishedVideo, VideoEvent, VideoState,
    ledger::{Entry, Record, Step, StepKind, Timestamp, UploadRequest},
    model::metadata::VideoMetadata,
};
use bytes::Bytes;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::time::SystemTime;

/// A message with its id.
pub(super) struct Message {
    /// The same at every attempt.
    pub(super) id: String,
    /// JSON.
    pub(super) body: Bytes,
}

/// The body of the message about what became of a video.
#[derive(Serialize)]
struct EventBody {
    r#type: VideoEvent,
    /// When Youku reported it, by the ledger's clock: each attempt asks again.
    timestamp: Timestamp,
    data: EventData,
}

#[derive(Serialize)]
struct EventData {
    #[serde(flatten)]
    outcome: OutcomeData,
    /// Youku's word for the video's state.
    state: &'static str,
}

/// The body of the message about a change that Youku refused.
#[derive(Serialize)]
struct RefusedBody {
    r#type: VideoEvent,
    timestamp: Timestamp,
    data: RefusedData,
}

#[derive(Serialize)]
struct RefusedData {
    #[serde(flatten)]
    outcome: OutcomeData,
    /// The stable code of the refusal, and one line for people.
    error: Option<String>,
    msg: Option<String>,
    /// The fields that stay as they were.
    fields: Vec<&'static str>,
}

impl Message {
    /// Creates the message about how an upload ended: exactly what entrypoints return. An upload that was reopened ends
    /// again, with another message.
    pub(super) fn from_outcome(record: &Record) -> Result<Self, Error> {
        let reopened = record.history.iter().filter(|entry| entry.step.kind() == StepKind::Reopened).count();
        let round = if reopened == 0 { String::new() } else { format!(".{}", reopened + 1) };
        let body = encode_json(&Outcome::from_record(record))?;
        Ok(Self { id: format!("{}.outcome{round}", record.id), body })
    }

    /// Creates the message about what became of a published video.
    pub(super) fn from_event(
        (event, state): (VideoEvent, &'static str),
        now: SystemTime,
        request: &UploadRequest,
        published: PublishedVideo,
    ) -> Result<Self, Error> {
        let id = format!("{}.{}", published.upload_id, event.as_str());
        let outcome = Outcome::new(caller_key(request), &Ok(published)).data;
        let body = EventBody { r#type: event, timestamp: now.into(), data: EventData { outcome, state } };
        Ok(Self { id, body: encode_json(&body)? })
    }

    /// Creates the message about a change of the video that Youku refused.
    pub(super) fn from_refused_update(
        refused: &Entry,
        request: &UploadRequest,
        published: PublishedVideo,
    ) -> Result<Self, Error> {
        let event = VideoEvent::UpdateRefused;
        let id = format!("{}.{}.{}", published.upload_id, event.as_str(), refused.sequence);
        let outcome = Outcome::new(caller_key(request), &Ok(published)).data;
        let (error, msg, fields) = match &refused.step {
            Step::Updated(update) => {
                let failure = update.refused.as_ref();
                let stated = |field: &&str| update.video.metadata.states(field) == Some(true);
                let fields = VideoMetadata::FIELDS.iter().map(|(field, _)| *field).filter(stated).collect();
                (failure.map(|why| why.code.clone()), failure.map(|why| why.text.clone()), fields)
            }
            _ => (None, None, Vec::new()),
        };
        let data = RefusedData { outcome, error, msg, fields };
        Ok(Self { id, body: encode_json(&RefusedBody { r#type: event, timestamp: refused.at, data })? })
    }

    /// Creates the message about a request that was refused before its upload began. The same refusal has the same id;
    /// a corrected request that comes again may end otherwise.
    pub(super) fn from_refusal(key: &str, refused: &Result<PublishedVideo, Error>) -> Result<Self, Error> {
        let body = encode_json(&Outcome::new(key, refused))?;
        let hash: String = Sha256::digest(&body).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { id: format!("refused.{hash}"), body })
    }
}

/// Maps a video's state to the callback's event and Youku's word for the state; `None` while nothing is decided.
///
/// `limited` counts as ready: the video is available to some viewers, and Youku does not report it as rejected. A review
/// ends in another state.
pub(crate) fn event_for_state(state: VideoState) -> Option<(VideoEvent, &'static str)> {
    match state {
        VideoState::Normal => Some((VideoEvent::Ready, "normal")),
        VideoState::Limited => Some((VideoEvent::Ready, "limited")),
        VideoState::Failed => Some((VideoEvent::Rejected, "fail")),
        VideoState::Blocked => Some((VideoEvent::Rejected, "blocked")),
        VideoState::Encoding | VideoState::InReview | VideoState::Absent | VideoState::Other => None,
    }
}

/// The object's key as the caller wrote it.
fn caller_key(request: &UploadRequest) -> &str {
    request.requested_key.as_deref().unwrap_or(&request.object.location.key)
}

fn encode_json(body: &impl Serialize) -> Result<Bytes, Error> {
    serde_json::to_vec(body).map(Bytes::from).map_err(|error| {
        let message = "a callback's message could not be written";
        Error::new(ErrorKind::Failed, "callback", message).with_source(error)
    })
}
