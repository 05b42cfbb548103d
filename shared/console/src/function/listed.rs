//! An upload in the function's list, whose program may be newer than this one.

use crate::rows::{Row, Word};
use app::{
    ListedUpload,
    core::{
        Entrypoint, UploadId,
        ledger::{Timestamp, WaitReason},
    },
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::time::SystemTime;

/// The word of a list for an upload that has not ended.
const OPEN: &str = "open";

/// An upload as the function lists it.
#[derive(Clone, Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct FunctionUpload {
    pub(super) listed: ListedUpload,
    /// Words that this program does not know.
    entrypoint: Option<String>,
    waiting: Option<String>,
}

impl TryFrom<Value> for FunctionUpload {
    type Error = serde_json::Error;

    fn try_from(mut value: Value) -> Result<Self, Self::Error> {
        let entrypoint = take_newer::<Entrypoint>(&mut value, "entrypoint");
        let waiting = take_newer::<WaitReason>(&mut value, "waiting");
        Ok(Self { listed: serde_json::from_value(value)?, entrypoint, waiting })
    }
}

impl FunctionUpload {
    /// What a list would say of an upload, by its status; what cannot be read of it is left out.
    pub(super) fn from_status(id: &UploadId, status: &Value) -> Self {
        let outcome = &status["outcome"];
        let state = match status["state"].as_str().unwrap_or_default() {
            end @ ("committed" | "failed" | "cancelled") => end,
            "notified" if outcome["error"].is_null() => "committed",
            "notified" => "failed",
            _ => OPEN,
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let entrypoint = read::<Word<Entrypoint>>(&status["entrypoint"]);
        let listed = ListedUpload {
            upload_id: id.clone(),
            state: state.into(),
            object: text(&status["object"]).unwrap_or_else(|| id.to_string()),
            account: text(&status["account"]).unwrap_or_default(),
            title: None,
            size: status["size"].as_u64(),
            entrypoint: entrypoint.as_ref().and_then(Word::known),
            at: read(&status["updated"]).unwrap_or_else(|| SystemTime::now().into()),
            not_before: None,
            waiting: None,
            callback: read(&status["callback"]),
            callback_failed: text(&status["callback_failed"]),
            videoid: text(&outcome["data"]["videoid"]),
            media: read(&status["media"]),
            publish_at: read(&status["publish_at"]),
            publish_failed: text(&status["publish_failed"]),
            error: text(&outcome["error"]),
        };
        let newer = |word| if let Word::Newer(word) = word { Some(word) } else { None };
        Self { listed, entrypoint: entrypoint.and_then(newer), waiting: None }
    }

    /// Whether it has not ended.
    pub(super) fn is_open(&self) -> bool {
        self.listed.state == OPEN
    }

    /// The upload, and when it ended or was last resumed.
    pub(super) fn end(&self) -> (UploadId, Timestamp) {
        (self.listed.upload_id.clone(), self.listed.at)
    }

    /// Its row, with the words as they are.
    pub(super) fn into_row(self, is_held: bool) -> Row {
        let is_carried = is_carried(&self.listed.object);
        let row = Row::from_listed(self.listed, is_held, is_carried);
        let entrypoint = self.entrypoint.map(Word::Newer).or(row.entrypoint.clone());
        let row = Row { entrypoint, ..row };
        match self.waiting {
            Some(reason) => row.waiting_for(Word::Newer(reason)),
            None => row,
        }
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

/// Whether an object is a local file of another machine, which a function cannot read.
pub(super) fn is_carried(object: &str) -> bool {
    object.starts_with("folder://")
}

/// Takes the word of a field out of an upload where it is none of those that are known.
fn take_newer<T: DeserializeOwned>(upload: &mut Value, field: &str) -> Option<String> {
    let word = upload.get(field)?.as_str()?.to_owned();
    if serde_json::from_value::<T>(Value::from(word.as_str())).is_ok() {
        return None;
    }
    upload.as_object_mut()?.remove(field);
    Some(word)
}
