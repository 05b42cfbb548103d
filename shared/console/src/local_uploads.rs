//! What only the command line can do: plan and upload a file of this machine, as `oss2youku upload` does.

use crate::Language;
use app::core::{
    Preflight, UploadId,
    metadata::{StatedMetadata, VideoMetadata},
};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{path::PathBuf, sync::Arc};

/// Uploads of files of this machine, in the command line's own way.
pub trait LocalUploads: Send + Sync + 'static {
    /// Checks a source and says what would be sent, as `oss2youku upload --dry-run` does. A file is read once.
    fn plan(
        &self,
        source: UploadSource,
        form: UploadForm,
    ) -> BoxFuture<'static, Result<UploadPlan, UploadFailure>>;

    /// Uploads a file until it is a video, and resumes what was begun before; with `retry` also what had ended without a video. `report`
    /// is told what happens meanwhile.
    fn upload(
        &self,
        file: PathBuf,
        form: UploadForm,
        retry: bool,
        report: ReportProgress,
    ) -> BoxFuture<'static, Result<(), UploadFailure>>;
}

/// What is uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadSource {
    /// A file of this machine.
    File(PathBuf),
    /// An object, such as `oss://bucket/key`.
    Object(String),
}

/// What a person states about a new upload.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadForm {
    /// The account of the settings; absent: that of the object's rule, or the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What `{n}` in the title stands for, from 1.
    #[serde(default = "first")]
    pub number: usize,
    /// The language of texts about it.
    pub language: Language,
    /// The fields of [`VideoMetadata`] and `preflight`, as a sidecar has them. The watch password is among them: never to be logged.
    #[serde(default)]
    video: Map<String, Value>,
}

fn first() -> usize {
    1
}

impl UploadForm {
    /// What is stated about the video.
    ///
    /// # Errors
    /// Names the field that is unknown or has the wrong type.
    pub fn metadata(&self) -> Result<VideoMetadata, String> {
        self.read().map(|stated| stated.metadata)
    }

    /// What the preflight does with a broken file, where the form says so.
    #[must_use]
    pub fn preflight(&self) -> Option<Preflight> {
        self.read().ok()?.preflight
    }

    fn read(&self) -> Result<StatedMetadata, String> {
        let json = serde_json::to_vec(&self.video).unwrap_or_default();
        StatedMetadata::from_sidecar(&json).map_err(|error| error.to_string().replace("sidecar ", "video."))
    }
}

/// What would be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UploadPlan {
    /// The upload.
    pub upload_id: UploadId,
    /// The title, with its template filled in.
    pub title: Option<String>,
    /// What `--dry-run` prints: labels and texts.
    pub lines: Vec<(String, String)>,
    /// What a person should know, such as that the title is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// Is told what happens.
pub type ReportProgress = Arc<dyn Fn(LocalProgress) + Send + Sync>;

/// Something that happens while a file is uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalProgress {
    /// Its upload is known.
    Began(UploadId),
    /// Bytes have moved.
    Moved(FileProgress),
}

/// How far a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileProgress {
    /// What is done: `reading` for checksums, `moving` its bytes, or another stage of an upload.
    pub stage: String,
    /// Bytes that this stage is through with.
    pub done: u64,
    /// Bytes of the file.
    pub total: u64,
}

/// Why a file is no video yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UploadFailure {
    /// The stable code.
    pub error: &'static str,
    /// The error in words.
    pub message: String,
    /// The way out, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// What becomes of the file.
    #[serde(skip)]
    pub prospect: Prospect,
}

/// What becomes of a file after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prospect {
    /// Its upload has ended in the ledger: the file is of no use any more.
    Ended,
    /// Nothing was begun, and trying again changes nothing: a person corrects the form.
    Refused,
    /// It may succeed later.
    Later,
}
