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
    /// The upload, and when it ended or was last resumed.
    pub(super) fn end(&self) -> (UploadId, Timestamp) {
        (self.listed.upload_id.clone(), self.listed.at)
    }

    /// Its row, with the words as they are.
    pub(super) fn into_row(self, is_held: bool) -> Row {
        let row = Row::from_listed(self.listed, is_held, false);
        let entrypoint = self.entrypoint.map(Word::Newer).or(row.entrypoint.clone());
        let row = Row { entrypoint, ..row };
        match self.waiting {
            Some(reason) => row.waiting_for(Word::Newer(reason)),
            None => row,
        }
    }
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
