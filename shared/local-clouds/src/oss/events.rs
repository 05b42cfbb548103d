//! Object events in Function Compute's native form (protocol sheet fc.md §2.1).

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::request::Request;
use super::store::ObjectRecord;
use super::times::iso_millis;

/// The account all buckets belong to.
pub(super) const OWNER: &str = "1234567890123456";

/// Who wants to hear of what.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The bucket.
    pub bucket: String,
    /// As in a trigger's configuration: `oss:ObjectCreated:PutObject`, `oss:ObjectCreated:*`, ...
    pub events: Vec<String>,
    /// Keys must begin with this; may be empty.
    pub prefix: String,
    /// Keys must end with this; may be empty.
    pub suffix: String,
    /// Gets one `{"events":[...]}` per event.
    pub sink: UnboundedSender<Value>,
}

impl Subscription {
    fn wants(&self, name: &str, bucket: &str, key: &str) -> bool {
        let named = |pattern: &String| {
            let pattern = pattern.strip_prefix("oss:").unwrap_or(pattern);
            pattern == name || pattern.strip_suffix('*').is_some_and(|group| name.starts_with(group))
        };
        self.bucket == bucket
            && key.starts_with(&self.prefix)
            && key.ends_with(&self.suffix)
            && self.events.iter().any(named)
    }
}

/// What happened to an object.
pub(super) struct Change<'a> {
    /// Without the `oss:` of configurations, e.g. `ObjectCreated:PutObject`.
    pub(super) name: &'static str,
    pub(super) key: &'a str,
    pub(super) etag: &'a str,
    pub(super) size: u64,
    /// The object's size before.
    pub(super) old_size: u64,
    pub(super) meta: Option<(&'a str, &'a BTreeMap<String, String>)>,
    pub(super) position: Option<u64>,
}

impl<'a> Change<'a> {
    pub(super) fn created(name: &'static str, record: &'a ObjectRecord, old_size: Option<u64>) -> Self {
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
    pub(super) fn other(name: &'static str, key: &'a str) -> Self {
        Self { name, key, etag: "", size: 0, old_size: 0, meta: None, position: None }
    }
}

#[derive(Debug)]
pub(super) struct Events {
    region: String,
    subscriptions: RwLock<Vec<Subscription>>,
}

impl Events {
    pub(super) fn new(region: String) -> Self {
        Self { region, subscriptions: RwLock::default() }
    }

    pub(super) fn subscribe(&self, subscription: Subscription) {
        self.subscriptions.write().unwrap_or_else(PoisonError::into_inner).push(subscription);
    }

    pub(super) fn emit(&self, request: &Request, bucket: &str, change: &Change<'_>) {
        let subscriptions = self.subscriptions.read().unwrap_or_else(PoisonError::into_inner);
        for (number, subscription) in subscriptions.iter().enumerate() {
            if subscription.wants(change.name, bucket, change.key) {
                // A subscriber that went away misses nothing it wants.
                let _ = subscription.sink.send(self.event(request, bucket, change, number));
            }
        }
    }

    fn event(&self, request: &Request, bucket: &str, change: &Change<'_>, rule: usize) -> Value {
        let mut object = json!({
            "key": change.key,
            "eTag": change.etag,
            "size": change.size,
            "deltaSize": i128::from(change.size) - i128::from(change.old_size),
        });
        if let Some((mime_type, user_meta)) = change.meta {
            object["objectMeta"] = json!({ "mimeType": mime_type, "userMeta": prefixed(user_meta) });
        }
        if let Some(position) = change.position {
            object["position"] = position.into();
        }
        let region = &self.region;
        json!({ "events": [{
            "eventName": change.name,
            "eventSource": "acs:oss",
            "eventTime": iso_millis(SystemTime::now()),
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
                    "arn": format!("acs:oss:{region}:{OWNER}:{bucket}"),
                    "ownerIdentity": OWNER,
                    "virtualBucket": "",
                },
                "object": object,
            },
        }]})
    }
}

fn prefixed(user_meta: &BTreeMap<String, String>) -> BTreeMap<String, &str> {
    user_meta.iter().map(|(name, value)| (format!("x-oss-meta-{name}"), value.as_str())).collect()
}
