//! Which records of an OSS event tell of an object that has arrived.

use aliyun_fc_runtime::events::OssRecord;
use app::core::{Location, Provider};

/// The calls after which an object is there. After the last two it may still change: whether it is left alone as `not_whole` is
/// decided by what the object is by then, and by its rule. Parts are none.
const ARRIVALS: [&str; 6] =
    ["PutObject", "PostObject", "CompleteMultipartUpload", "CopyObject", "AppendObject", "PutSymlink"];

/// Where the object lies that the record tells of, and its size; `None` where the record tells of something else.
///
/// Events name calls `ObjectCreated:PutObject`, EventBridge `oss:ObjectCreated:PutObject`.
pub(crate) fn arrival(record: &OssRecord) -> Option<(Location, u64)> {
    let name = record.event_name.strip_prefix("oss:").unwrap_or(&record.event_name);
    let call = name.strip_prefix("ObjectCreated:")?;
    if !ARRIVALS.contains(&call) {
        return None;
    }
    let location = Location {
        provider: Provider::Oss,
        bucket: record.oss.bucket.name.clone(),
        key: record.oss.object.key.clone(),
        region: record.region.clone(),
    };
    // Without a size, or with a wrong one, the HEAD that follows knows.
    let size = record.oss.object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(u64::MAX);
    Some((location, size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aliyun_fc_runtime::events::OssEvents;
    use serde_json::json;

    fn record(name: &str) -> OssRecord {
        let event = json!({"events": [{
            "eventName": name, "eventSource": "acs:oss", "region": "cn-hangzhou",
            "oss": {"bucket": {"name": "b"}, "object": {"key": "a b+c%20中.mp4", "size": 5}}
        }]});
        let mut events: OssEvents = serde_json::from_value(event).expect("an event");
        events.records.remove(0)
    }

    #[test]
    fn only_calls_after_which_an_object_is_there_are_arrivals() {
        for call in ARRIVALS {
            for name in [format!("ObjectCreated:{call}"), format!("oss:ObjectCreated:{call}")] {
                assert!(arrival(&record(&name)).is_some(), "{name}");
            }
        }
        for name in [
            "ObjectCreated:InitiateMultipartUpload",
            "ObjectCreated:UploadPart",
            "ObjectCreated:UploadPartCopy",
            "ObjectCreated:SomethingNew",
            "ObjectRemoved:DeleteObject",
            "ObjectModified:UpdateObjectMeta",
        ] {
            assert!(arrival(&record(name)).is_none(), "{name}");
        }
    }

    #[test]
    fn the_key_is_taken_as_it_stands() {
        let (location, size) = arrival(&record("ObjectCreated:PutObject")).expect("an arrival");
        assert_eq!((location.key.as_str(), size), ("a b+c%20中.mp4", 5));
    }
}
