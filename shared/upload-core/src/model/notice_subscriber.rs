//! Robots and the events they subscribe to.

use crate::{Location, NoticeEvent};

/// A robot, as the ledger knows it: the events it subscribes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeSubscriber {
    /// Its name in the settings and in the ledger's keys: lower-case letters, digits and `-`.
    pub name: String,
    /// The events it subscribes to.
    pub events: Vec<NoticeEvent>,
    /// Only of these accounts; empty: of all.
    pub accounts: Vec<String>,
    /// Only of objects in these buckets whose keys begin with these keys; empty: of all.
    pub places: Vec<Location>,
}

impl NoticeSubscriber {
    /// Whether it subscribes to this event of an account, and of this object where it is about one.
    #[must_use]
    pub fn wants(&self, event: NoticeEvent, account: &str, object: Option<&Location>) -> bool {
        let covers = |place: &Location, object: &Location| {
            place.provider == object.provider
                && place.bucket == object.bucket
                && object.key.starts_with(&place.key)
        };
        let is_there = object.is_none_or(|object| {
            self.places.is_empty() || self.places.iter().any(|place| covers(place, object))
        });
        self.events.contains(&event)
            && (self.accounts.is_empty() || self.accounts.iter().any(|name| name == account))
            && is_there
    }
}
