//! Sidecars: metadata as one JSON object in a file next to the video.

use super::{
    audience::PublicTypeOrigin,
    metadata_error::MetadataError,
    stated::StatedMetadata,
    user_metadata::{NO_PREFLIGHT, PREFLIGHT},
};
use crate::model::{
    preflight::Preflight,
    publication::{NO_PUBLISH_AT, PUBLISH_AT},
    timestamp::Timestamp,
};
use ::error::{describe_mismatch, deserialize, strip_byte_order_mark};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value};
use std::fmt;
use youku::VideoMetadata;

/// Members that are read whatever the caller states: a mistake there may have been meant to hide the video.
const ALWAYS_READ: [&str; 2] = ["public_type", "watch_password"];

impl StatedMetadata {
    /// Reads a sidecar: one JSON object with the fields of [`VideoMetadata`], `preflight`, `publish_at` and no others. It may begin with UTF-8's byte-order mark.
    ///
    /// # Errors
    /// The path that does not fit.
    pub fn from_sidecar(json: &[u8]) -> Result<Self, MetadataError> {
        Self::from_sidecar_below(json, &Self::default())
    }

    /// Reads what `higher` does not state of a sidecar, and always its `public_type` and `watch_password`.
    ///
    /// # Errors
    /// As [`from_sidecar`](Self::from_sidecar); names that are not known are passed over where `higher` states a public type.
    pub fn from_sidecar_below(json: &[u8], higher: &Self) -> Result<Self, MetadataError> {
        read(json, higher)
    }
}

/// Reads a sidecar without the members that `higher` states.
///
/// # Errors
/// As [`StatedMetadata::from_sidecar_below`].
fn read(json: &[u8], higher: &StatedMetadata) -> Result<StatedMetadata, MetadataError> {
    let wrong = |problem| MetadataError::new("sidecar", problem);
    let json = strip_byte_order_mark(json).map_err(wrong)?;
    if str::from_utf8(json).is_err() {
        return Err(wrong("is not UTF-8: write it as UTF-8"));
    }
    // serde would fill the fields from an array, too.
    if json.trim_ascii_start().first() != Some(&b'{') {
        return Err(wrong("is not a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(json);
    let Members(members) = Members::deserialize(&mut reader).map_err(|_| wrong("is not JSON"))?;
    reader.end().map_err(|_| wrong("goes on after its end"))?;
    let mut read = Map::new();
    for (name, value) in members {
        let is_skipped = match higher.metadata.states(&name) {
            Some(is_stated) => is_stated && !ALWAYS_READ.contains(&name.as_str()),
            None if name == PREFLIGHT => higher.preflight.is_some(),
            None if name == PUBLISH_AT => higher.publish_at.is_some(),
            None => higher.metadata.public_type.is_some(),
        };
        if !is_skipped && read.insert(name, value).is_some() {
            return Err(wrong("states a field twice"));
        }
    }
    let preflight = match read.remove(PREFLIGHT) {
        None | Some(Value::Null) => None,
        Some(value) => {
            let word = value.as_str().and_then(Preflight::from_word);
            Some(word.ok_or_else(|| MetadataError::new(format!("sidecar {PREFLIGHT}"), NO_PREFLIGHT))?)
        }
    };
    let publish_at = match read.remove(PUBLISH_AT) {
        None | Some(Value::Null) => None,
        Some(value) => {
            let at = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
            Some(at.ok_or_else(|| MetadataError::new(format!("sidecar {PUBLISH_AT}"), NO_PUBLISH_AT))?)
        }
    };
    let metadata: VideoMetadata = deserialize(Value::Object(read)).map_err(|error| {
        let place = error.path.map_or_else(|| "sidecar".to_owned(), |path| format!("sidecar {path}"));
        MetadataError::new(place, describe_mismatch(&error.message))
    })?;
    let stated = StatedMetadata::new(metadata, PublicTypeOrigin::Sidecar);
    Ok(stated.with_preflight(preflight).with_publish_at(publish_at))
}

/// An object's members in their order, those with the same name as well.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
