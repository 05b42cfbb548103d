//! Where a task's object lies.

use crate::settings::parse_place;
use upload_core::Location;

/// Where the object lies that `oss://bucket/key` or `s3://bucket/key` names; `None` where it is neither.
///
/// The key stands in the URL as it is, as the clouds' own tools have it: nothing is decoded. A folder is no source: whoever may name
/// one could read the machine's files.
#[must_use]
pub fn object_location(source: &str) -> Option<Location> {
    let (provider, bucket, key) = parse_place(source)?;
    (!key.is_empty()).then(|| Location { provider, bucket: bucket.into(), key: key.into(), region: None })
}
