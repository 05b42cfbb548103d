//! The status of one upload, as callers read it.

use super::callback_status::CallbackStatus;
use serde::Serialize;
use upload_core::{
    Entrypoint, Media, Outcome, PreflightFinding, UploadId,
    ledger::{Entry, Holder, OpenMark, Record, State, Timestamp, WaitReason},
    metadata::{PublicType, PublicTypeOrigin},
};

/// One upload, as the ledger has it, without secrets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UploadStatus {
    /// The upload.
    pub upload_id: UploadId,
    /// The state: `new` where somebody has just begun, else the word for the step that led there.
    pub state: &'static str,
    /// Nothing is left to do: it ended, and its callback, if it has one, is settled.
    pub at_rest: bool,
    /// The job's answer, once it has ended.
    pub outcome: Option<Outcome>,
    /// Where the object lies, such as `oss://bucket/key`; only a `new` upload may lack it.
    pub object: Option<String>,
    /// The account; only a `new` upload may lack it.
    pub account: Option<String>,
    /// Bytes; only a `new` upload lacks it.
    pub size: Option<u64>,
    /// How it was asked for: `event`, `scan`, `task`, `legacy_task` or `command`; only uploads of older programs, and a `new` one, may lack it.
    pub entrypoint: Option<Entrypoint>,
    /// Who may watch the video; only a `new` upload lacks it.
    pub public_type: Option<PublicType>,
    /// Where that was stated.
    pub public_type_from: Option<PublicTypeOrigin>,
    /// What the object holds, where the preflight could tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    /// What the preflight found wrong with it, the refusals first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<PreflightFinding>,
    /// Who works on it now.
    pub holder: Option<HolderStatus>,
    /// Why it waits, and until when.
    pub waiting: Option<WaitingStatus>,
    /// The callback that it still waits for after its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback: Option<CallbackStatus>,
    /// The code with which its callback ended without having accepted the message: `410`, `gave_up`, `forbidden` or `invalid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_failed: Option<String>,
    /// When the video, hidden until then, is made public (store clock).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_at: Option<Timestamp>,
    /// The code of why the video could not be made public at its hour: it is hidden until a person helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_failed: Option<String>,
    /// Every step, in order.
    pub steps: Vec<StepStatus>,
    /// When the last step was taken (store clock).
    pub updated: Option<Timestamp>,
}

/// Who works on an upload now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HolderStatus {
    /// Epoch of the holder (1 = first holder).
    pub epoch: u32,
    /// Whether its lease is live: a holder whose lease is not may be replaced.
    pub live: bool,
}

/// Why an upload waits, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WaitingStatus {
    /// Why.
    pub reason: WaitReason,
    /// Earliest time the upload may be resumed (store clock).
    pub not_before: Option<Timestamp>,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StepStatus {
    /// Its word.
    pub step: &'static str,
    /// When it was taken (store clock).
    pub at: Timestamp,
    /// Epoch of the holder that took this step (1 = first holder).
    pub epoch: u32,
}

impl UploadStatus {
    /// The status of an upload that has steps.
    pub(super) fn from_record(
        record: &Record,
        holder: Option<Holder>,
        callback: Option<CallbackStatus>,
    ) -> Self {
        let steps: Vec<_> = record.history.iter().map(StepStatus::from_entry).collect();
        let audience = record.request.video.audience();
        let told = match record.stated_publication() {
            Some(hidden) => hidden.audience.public_type,
            None => record.sent_metadata().public_type,
        };
        let public_type = told.unwrap_or(audience.public_type);
        Self {
            upload_id: record.id.clone(),
            state: record.state.as_str(),
            at_rest: record.is_settled(),
            outcome: Outcome::from_record(record),
            object: Some(record.request.location.to_string()),
            account: Some(record.request.account.clone()),
            size: Some(record.request.object.size),
            entrypoint: record.request.entrypoint,
            public_type: Some(public_type),
            // Who said so first does not say who changed it.
            public_type_from: audience.from.filter(|_| public_type == audience.public_type),
            media: record.media().cloned(),
            findings: record.preflight.as_ref().map(|report| report.findings.clone()).unwrap_or_default(),
            holder: holder.map(HolderStatus::from_holder),
            waiting: record
                .waiting
                .map(|waiting| WaitingStatus { reason: waiting.reason, not_before: waiting.not_before }),
            callback,
            callback_failed: record.failed_callback().map(str::to_owned),
            publish_at: record.publish_at(),
            publish_failed: record.failed_publication().map(|failure| failure.code.clone()),
            updated: steps.last().map(|step| step.at),
            steps,
        }
    }

    /// The status of an upload whose first step is about to be written, or whose first holder died before it.
    pub(super) fn for_new(id: &UploadId, holder: Option<Holder>, mark: Option<OpenMark>) -> Self {
        let (object, account) = mark.map(|mark| (mark.location.to_string(), mark.account)).unzip();
        Self {
            upload_id: id.clone(),
            state: State::New.as_str(),
            at_rest: false,
            outcome: None,
            object,
            account,
            size: None,
            entrypoint: None,
            public_type: None,
            public_type_from: None,
            media: None,
            findings: Vec::new(),
            holder: holder.map(HolderStatus::from_holder),
            waiting: None,
            callback: None,
            callback_failed: None,
            publish_at: None,
            publish_failed: None,
            steps: Vec::new(),
            updated: None,
        }
    }
}

impl HolderStatus {
    fn from_holder(holder: Holder) -> Self {
        Self { epoch: holder.epoch, live: !holder.remaining.is_zero() }
    }
}

impl StepStatus {
    fn from_entry(entry: &Entry) -> Self {
        Self { step: entry.step.kind().as_str(), at: entry.at, epoch: entry.epoch }
    }
}
