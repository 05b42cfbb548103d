//! A video's metadata as a step stores it: every field by its own name, the watch password sealed.

use super::seal::{Sealed, Sealer};
use crate::{
    Error,
    model::metadata::{StatedMetadata, VideoMetadata},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor},
    ser::SerializeMap,
};
use std::fmt;

/// Where `public_type_from` is written.
const AFTER: &str = "public_type";
/// Where the public type was stated. Youku has no field of this name.
const PUBLIC_TYPE_FROM: &str = "public_type_from";

/// [`StatedMetadata`] with its secret sealed.
pub type StoredMetadata = StatedMetadata<Sealed>;

pub(super) fn seal(video: &StatedMetadata, sealer: Sealer<'_>) -> Result<StoredMetadata, Error> {
    let StatedMetadata { metadata, public_type_from, .. } = video.clone();
    let metadata = metadata.try_map_password(|password| sealer.seal(&password, "watch_password"))?;
    Ok(StatedMetadata { metadata, public_type_from, ..StatedMetadata::default() })
}

pub(super) fn open(video: &StoredMetadata, sealer: Sealer<'_>) -> Result<StatedMetadata, Error> {
    let StatedMetadata { metadata, public_type_from, .. } = video.clone();
    let metadata = metadata.try_map_password(|sealed| sealer.open(&sealed, "watch_password"))?;
    Ok(StatedMetadata { metadata, public_type_from, ..StatedMetadata::default() })
}

// Not derived: serde flattens a struct only where unknown names may be ignored.
impl Serialize for StoredMetadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, _) in VideoMetadata::FIELDS {
            self.metadata.serialize_field(field, &mut map)?;
            if let (&AFTER, Some(origin)) = (field, self.public_type_from) {
                map.serialize_entry(PUBLIC_TYPE_FROM, &origin)?;
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for StoredMetadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = StoredMetadata;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StoredMetadata, A::Error> {
                let mut found = StoredMetadata::default();
                while let Some(field) = map.next_key::<String>()? {
                    if field == PUBLIC_TYPE_FROM {
                        found.public_type_from = map.next_value()?;
                    } else if !found.metadata.deserialize_field(&field, &mut map)? {
                        return Err(A::Error::custom("unknown field"));
                    }
                }
                Ok(found)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}
