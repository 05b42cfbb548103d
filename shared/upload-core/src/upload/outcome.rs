//! What an entrypoint answers: the legacy worker's JSON, with a stable error code next to its numbers.

use crate::{
    Error, ErrorKind, Media, PreflightFinding, PreflightReport, PublishedVideo, RetryAdvice, UploadError,
    ledger::Record,
    model::metadata::{PublicType, PublicTypeOrigin},
    upload::published_video::result_from_record,
};
use serde::{Deserialize, Serialize};

/// The answer to a job. Its JSON is a superset of the legacy worker's: `msg` and `info` say the same, since clients were written to
/// either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// `200`, or what an HTTP status of that number means; a string, as the legacy worker sent it.
    pub code: String,
    /// One line for people.
    pub msg: String,
    /// The same line.
    pub info: String,
    /// The stable English code of a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What it is about.
    pub data: OutcomeData,
}

/// What an outcome is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeData {
    /// The object's key, or the legacy task's `keyname`.
    pub key: String,
    /// The video's id; an empty text where Youku committed the video and did not tell its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub videoid: Option<String>,
    /// The upload's id, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload_id: Option<String>,
    /// The page where the video can be watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What a person should know: a statement about the object that its bytes disprove, and where it was stated; a title that was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// Who may watch the video: `all`, `friend` or `password`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_type: Option<PublicType>,
    /// Where that was stated: `task`, `flag`, `metadata`, `sidecar`, `rule` or `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_type_from: Option<PublicTypeOrigin>,
    /// What the object holds, where the preflight looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Box<Media>>,
    /// What the preflight found wrong with it, the refusals first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<PreflightFinding>,
}

impl Outcome {
    /// The answer to a job about `key`. Of a failure it says what its kind alone decides: callers read no inner names.
    #[must_use]
    pub fn new(key: &str, result: &Result<PublishedVideo, Error>) -> Self {
        let (code, text, error, published) = match result {
            Ok(published) => ("200", "upload success".into(), None, Some(published)),
            Err(error) => (status(error), error.sentence().into_owned(), Some(error), None),
        };
        let preflight = match result {
            Ok(published) => published.preflight.as_deref(),
            Err(error) => error.preflight(),
        };
        let PreflightReport { media, findings } = preflight.cloned().unwrap_or_default();
        Self {
            code: code.into(),
            info: text.clone(),
            msg: text,
            error: error.map(|error| error.kind().code().into()),
            data: OutcomeData {
                key: key.into(),
                // It is a video, also where Youku did not tell its id.
                videoid: published.map(|p| p.video_id.clone().unwrap_or_default()),
                upload_id: published
                    .map(|p| &p.upload_id)
                    .or(error.and_then(UploadError::upload_id))
                    .map(ToString::to_string),
                link: published.and_then(PublishedVideo::link),
                warning: published.and_then(|p| p.warning.clone()),
                public_type: published.map(|p| p.audience.public_type),
                public_type_from: published.and_then(|p| p.audience.from),
                media: Some(media).filter(|media| *media != Media::default()).map(Box::new),
                findings,
            },
        }
    }

    /// What the job of an upload was answered when it ended, and is answered since; `None` before.
    #[must_use]
    pub fn from_record(record: &Record) -> Option<Self> {
        record.state.has_ended().then(|| {
            let key = record.request.requested_key.as_ref().unwrap_or(&record.request.location.key);
            Self::new(key, &result_from_record(record).map_err(|error| error.with_upload_id(&record.id)))
        })
    }
}

/// The number that stands for a failure, by the meaning of HTTP's status of that number.
fn status(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::InvalidJob
        | ErrorKind::NotPublishable
        | ErrorKind::NoSuchUpload
        | ErrorKind::Usage
        | ErrorKind::WrongState => "400",
        ErrorKind::SourceMissing => "404",
        ErrorKind::SourceChanged | ErrorKind::InProgress | ErrorKind::Superseded => "409",
        ErrorKind::RateLimited => "429",
        ErrorKind::Youku
        | ErrorKind::Unauthorized
        | ErrorKind::ClientRefused
        | ErrorKind::Reauthorize
        | ErrorKind::SessionOver
        | ErrorKind::HashRefused
        | ErrorKind::Target => "502",
        ErrorKind::Deadline => "503",
        // Its store does not answer now, however long that was waited for. Nothing may be on record of the job: its caller alone knows of it.
        ErrorKind::Ledger if error.advice() != RetryAdvice::Permanent => "503",
        _ => "500",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ledger whose store does not answer now is no failure of the job; one that needs a person is.
    #[test]
    fn a_ledger_that_does_not_answer_is_asked_again() {
        let error =
            |advice| Error::new(ErrorKind::Ledger, "list", "the store cannot answer now").with_advice(advice);
        let retry = RetryAdvice::Retry { retry_after: None };
        for (advice, code) in
            [(retry, "503"), (RetryAdvice::Exhausted, "503"), (RetryAdvice::Permanent, "500")]
        {
            assert_eq!(Outcome::new("a.mp4", &Err(error(advice))).code, code, "{advice:?}");
        }
    }
}
