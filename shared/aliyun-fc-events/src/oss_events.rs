//! An OSS event in any of its three forms.

use crate::{cloud_event::CloudEvent, oss_format::OssFormat, oss_record::OssRecord};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Map, Value};

/// What happened in a bucket, whichever trigger reports it: the native OSS trigger (`{"events":[…]}`), EventBridge
/// (one CloudEvents object), or EventBridge with the format RawData (one record). It serializes to the native form.
///
/// The native trigger delivers at least once: the same record may come again. Every published sample has exactly one
/// record.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OssEvents {
    /// One record for each successful call to OSS.
    #[serde(rename = "events")]
    pub records: Vec<OssRecord>,
}

impl OssEvents {
    /// An event with these records, for a local host or a test.
    pub fn new(records: Vec<OssRecord>) -> Self {
        Self { records }
    }

    /// Reads a document of a known form; an error names the path from the document's root.
    pub(crate) fn from_document(format: OssFormat, mut document: Map<String, Value>) -> Result<Self, String> {
        let records = match format {
            OssFormat::Native => deserialize_at("events", document.remove("events").unwrap_or_default())?,
            OssFormat::CloudEvent => {
                vec![deserialize_at::<CloudEvent<OssRecord>>("", Value::Object(document))?.data]
            }
            OssFormat::RawData => vec![deserialize_at("", Value::Object(document))?],
        };
        Ok(Self { records })
    }
}

impl<'de> Deserialize<'de> for OssEvents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Map::deserialize(deserializer)?;
        let format = OssFormat::detect(&document).map_err(D::Error::custom)?;
        Self::from_document(format, document).map_err(D::Error::custom)
    }
}

/// Decodes the part of a document at `place`; an error names the path from the document's root.
fn deserialize_at<T: DeserializeOwned>(place: &str, value: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let dot = if place.is_empty() || path.starts_with('[') { "" } else { "." };
        match (place, path.as_str()) {
            ("", ".") => error.inner().to_string(),
            (_, ".") => format!("{place}: {}", error.inner()),
            _ => format!("{place}{dot}{path}: {}", error.inner()),
        }
    })
}
