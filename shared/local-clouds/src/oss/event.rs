//! Object events in Function Compute's native form (protocol sheet fc.md, section 2.1).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::oss::account::ACCOUNT_ID;
use crate::oss::request::Request;
use crate::oss::store::metadata_value::MetadataValue;
use crate::oss::store::object_record::ObjectRecord;
use crate::time_format::format_iso8601_millis;

/// What happened to an object.
pub(crate) struct ObjectChange<'a> {
    /// Without the `oss:` of configurations, e.g. `ObjectCreated:PutObject`.
    pub(crate) name: &'static str,
    pub(crate) key: &'a str,
    pub(crate) etag: &'a str,
    pub(crate) size: u64,
    /// The object's size before.
    pub(crate) old_size: u64,
    pub(crate) meta: Option<(&'a str, &'a BTreeMap<String, MetadataValue>)>,
    pub(crate) position: Option<u64>,
}

impl<'a> ObjectChange<'a> {
    pub(crate) fn from_record(name: &'static str, record: &'a ObjectRecord, old_size: Option<u64>) -> Self {
        Self {
            name,
            key: &record.key,
            etag: &record.etag,
            size: record.size,
            old_size: old_size.unwrap_or(0),
            meta: Some((&record.content_type, &record.metadata)),
            position: None,
        }
    }

    /// An event about a key without an object of its own: a part, an initiated or aborted upload, a removal.
    pub(crate) fn without_object(name: &'static str, key: &'a str) -> Self {
        Self { name, key, etag: "", size: 0, old_size: 0, meta: None, position: None }
    }
}

/// Builds the event of one change, for the subscription with this number.
pub(crate) fn build_event(
    region: &str,
    request: &Request,
    bucket: &str,
    change: &ObjectChange<'_>,
    rule: usize,
) -> Value {
    let mut object = json!({
        "key": change.key,
        "eTag": change.etag,
        "size": change.size,
        "deltaSize": i128::from(change.size) - i128::from(change.old_size),
    });
    if let Some((mime_type, user_meta)) = change.meta {
        object["objectMeta"] = json!({ "mimeType": mime_type, "userMeta": with_metadata_prefix(user_meta) });
    }
    if let Some(position) = change.position {
        object["position"] = position.into();
    }
    json!({ "events": [{
        "eventName": change.name,
        "eventSource": "acs:oss",
        "eventTime": format_iso8601_millis(SystemTime::now()),
        "eventVersion": "1.0",
        "region": region,
        "requestParameters": { "sourceIPAddress": request.peer.map(|peer| peer.to_string()).unwrap_or_default() },
        "responseElements": { "requestId": request.identity.request_id },
        "userIdentity": { "principalId": request.principal },
        "oss": {
            "ossSchemaVersion": "1.0",
            "ruleId": format!("rule-{rule}"),
            "bucket": {
                "name": bucket,
                "arn": format!("acs:oss:{region}:{ACCOUNT_ID}:{bucket}"),
                "ownerIdentity": ACCOUNT_ID,
                "virtualBucket": "",
            },
            "object": object,
        },
    }]})
}

/// JSON has no bytes: a value that is not UTF-8 is replaced, since no document says what OSS puts there.
fn with_metadata_prefix(user_meta: &BTreeMap<String, MetadataValue>) -> BTreeMap<String, Cow<'_, str>> {
    user_meta.iter().map(|(name, value)| (format!("x-oss-meta-{name}"), value.to_text())).collect()
}
