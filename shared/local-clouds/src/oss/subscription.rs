//! Subscriptions to object events.

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

/// A subscriber and the events it receives.
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
    pub(crate) fn matches(&self, name: &str, bucket: &str, key: &str) -> bool {
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
