//! From where tasks may publish objects.

use super::tree::Settings;
use upload_core::{Location, Provider};

impl Settings {
    /// Whether a task that comes by HTTP, from a queue or through Gearman may publish this object: it must lie in a place of
    /// `http.sources`; where that is not set, under a rule or in `legacy.bucket`; where there is none of these, anywhere.
    #[must_use]
    pub fn may_ask_for(&self, location: &Location) -> bool {
        if self.takes_any_source() {
            return true;
        }
        // A key is a name and no path, but something on the way may take it for one.
        if location.key.split('/').any(|name| matches!(name, "." | "..")) {
            return false;
        }
        match &self.http.sources {
            Some(places) => places.iter().any(|place| place.contains(location)),
            None => self.has_rule_for(location) || self.is_in_legacy_bucket(location),
        }
    }

    /// Whether tasks may name any object that the function can read, since no setting bounds them.
    #[must_use]
    pub fn takes_any_source(&self) -> bool {
        self.http.sources.is_none() && self.rules.iter().next().is_none() && self.legacy.bucket.is_none()
    }

    /// Whether a rule covers the object. A rule's bucket belongs to the source's provider: another provider's bucket of that name may be
    /// anybody's.
    fn has_rule_for(&self, location: &Location) -> bool {
        location.provider == self.source.provider && self.rules.find_for_object(location).is_some()
    }

    fn is_in_legacy_bucket(&self, location: &Location) -> bool {
        location.provider == Provider::Oss && self.legacy.bucket.as_ref() == Some(&location.bucket)
    }
}
