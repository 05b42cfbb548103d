//! Sends events to their subscribers.

use std::sync::{PoisonError, RwLock};

use crate::oss::event::{ObjectChange, build_event};
use crate::oss::request::Request;
use crate::oss::subscription::Subscription;

#[derive(Debug)]
pub(crate) struct Subscriptions {
    region: String,
    subscriptions: RwLock<Vec<Subscription>>,
}

impl Subscriptions {
    pub(crate) fn new(region: String) -> Self {
        Self { region, subscriptions: RwLock::default() }
    }

    pub(crate) fn subscribe(&self, subscription: Subscription) {
        self.subscriptions.write().unwrap_or_else(PoisonError::into_inner).push(subscription);
    }

    pub(crate) fn emit(&self, request: &Request, bucket: &str, change: &ObjectChange<'_>) {
        let subscriptions = self.subscriptions.read().unwrap_or_else(PoisonError::into_inner);
        for (number, subscription) in subscriptions.iter().enumerate() {
            if subscription.matches(change.name, bucket, change.key) {
                // Ignore a subscriber that went away.
                let _ = subscription.sink.send(build_event(&self.region, request, bucket, change, number));
            }
        }
    }
}
