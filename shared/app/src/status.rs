//! What the ledger knows of uploads, for those who ask.

use crate::{App, Credentials};
use serde::Serialize;
use upload_core::{
    Error, Outcome, UploadId,
    ledger::{Entry, Holder, OpenMark, Record, State, Timestamp, WaitReason},
    metadata::{PublicType, PublicTypeOrigin},
};

/// One upload, as the ledger has it. No secret is in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UploadStatus {
    /// The upload.
    pub upload_id: UploadId,
    /// Where it stands: `new` where somebody has just begun, else the word for the step that led there.
    pub state: &'static str,
    /// Nothing is left to do: it ended, and its callback, if it has one, is done.
    pub at_rest: bool,
    /// What its job is answered now that it has ended.
    pub outcome: Option<Outcome>,
    /// Where the object lies, such as `oss://bucket/key`; only a `new` upload may not tell yet.
    pub object: Option<String>,
    /// The account; only a `new` upload may not tell yet.
    pub account: Option<String>,
    /// Bytes; only a `new` upload does not tell yet.
    pub size: Option<u64>,
    /// Who may watch the video; only a `new` upload does not tell yet.
    pub public_type: Option<PublicType>,
    /// Where that was stated.
    pub public_type_from: Option<PublicTypeOrigin>,
    /// Who has it in hand.
    pub holder: Option<HolderStatus>,
    /// Why, and how long, it rests.
    pub waiting: Option<WaitingStatus>,
    /// Every step, the first one first.
    pub steps: Vec<StepStatus>,
    /// When the last step was taken, by the store's clock.
    pub updated: Option<Timestamp>,
}

/// Who has an upload in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HolderStatus {
    /// The how-manieth holder this is.
    pub epoch: u32,
    /// Whether it was heard of lately: one that is not may be replaced.
    pub live: bool,
}

/// Why an upload rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WaitingStatus {
    /// Why.
    pub reason: WaitReason,
    /// Nobody takes it up before, by the store's clock.
    pub not_before: Option<Timestamp>,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StepStatus {
    /// Its word.
    pub step: &'static str,
    /// When, by the store's clock.
    pub at: Timestamp,
    /// The how-manieth holder took it.
    pub epoch: u32,
}

impl App {
    /// What the ledger knows of an upload; `None` where it knows of none.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn status(
        &self,
        id: &UploadId,
        credentials: Option<Credentials>,
    ) -> Result<Option<UploadStatus>, Error> {
        let ledger = self.ledger(credentials).await?;
        // The holder comes first: whoever lets go afterwards has left its last step in the record.
        let holder = ledger.holder(id).await?;
        if let Some(record) = ledger.read(id).await? {
            return Ok(Some(UploadStatus::from_record(&record, holder)));
        }
        let marked = ledger.open_upload(id).await?;
        let mark = match &marked {
            Some(marked) => ledger.open_mark(marked).await?,
            None => None,
        };
        Ok((holder.is_some() || mark.is_some()).then(|| UploadStatus::for_new(id, holder, mark)))
    }
}

impl UploadStatus {
    pub(crate) fn from_record(record: &Record, holder: Option<Holder>) -> Self {
        let steps: Vec<_> = record.history.iter().map(StepStatus::of).collect();
        let audience = record.request.video.audience();
        Self {
            upload_id: record.id.clone(),
            state: record.state.as_str(),
            at_rest: record.is_settled(),
            outcome: Outcome::from_record(record),
            object: Some(record.request.location.to_string()),
            account: Some(record.request.account.clone()),
            size: Some(record.request.object.size),
            public_type: Some(audience.public_type),
            public_type_from: audience.from,
            holder: holder.map(HolderStatus::of),
            waiting: record
                .waiting
                .map(|waiting| WaitingStatus { reason: waiting.reason, not_before: waiting.not_before }),
            updated: steps.last().map(|step| step.at),
            steps,
        }
    }

    /// An upload whose first step is about to be written, or whose first holder died before it.
    fn for_new(id: &UploadId, holder: Option<Holder>, mark: Option<OpenMark>) -> Self {
        let (object, account) = mark.map(|mark| (mark.location.to_string(), mark.account)).unzip();
        Self {
            upload_id: id.clone(),
            state: State::New.as_str(),
            at_rest: false,
            outcome: None,
            object,
            account,
            size: None,
            public_type: None,
            public_type_from: None,
            holder: holder.map(HolderStatus::of),
            waiting: None,
            steps: Vec::new(),
            updated: None,
        }
    }
}

impl HolderStatus {
    fn of(holder: Holder) -> Self {
        Self { epoch: holder.epoch, live: !holder.remaining.is_zero() }
    }
}

impl StepStatus {
    fn of(entry: &Entry) -> Self {
        Self { step: entry.step.kind().as_str(), at: entry.at, epoch: entry.epoch }
    }
}
