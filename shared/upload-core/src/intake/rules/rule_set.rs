//! The settings' rules as a consistent set.

use super::rule::{Rule, RuleError};
use crate::Location;
use serde::Deserialize;

/// A consistent set of rules.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "Vec<Rule>")]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// Checks rules as they stand in the settings.
    ///
    /// # Errors
    /// The first rule that states no `public_type`, lacks the password it needs, names events without a
    /// callback, accepts an extension that is no video's, has an `unfinished_after_seconds` out of range, or has
    /// the same bucket and prefix as another.
    pub fn new(rules: Vec<Rule>) -> Result<Self, RuleError> {
        for (index, rule) in rules.iter().enumerate() {
            let twin = |other: &Rule| other.bucket == rule.bucket && other.prefix == rule.prefix;
            if rules.iter().take(index).any(twin) {
                return Err(rule.new_error("another rule has the same bucket and prefix"));
            }
            rule.check()?;
        }
        Ok(Self(rules))
    }

    /// Iterates over the rules in the settings' order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Rule> {
        self.0.iter()
    }

    /// Finds the rule for a key: of those whose bucket and prefix match, the one with the longest prefix.
    #[must_use]
    pub fn find_match(&self, bucket: &str, key: &str) -> Option<&Rule> {
        let matching = self.0.iter().filter(|rule| rule.bucket == bucket && key.starts_with(&rule.prefix));
        matching.max_by_key(|rule| rule.prefix.len())
    }

    /// Finds the rule for an object, whoever requests it. A file that a person brings has none.
    #[must_use]
    pub fn find_for_object(&self, location: &Location) -> Option<&Rule> {
        self.find_match(&location.bucket, &location.key).filter(|_| !location.is_carried())
    }
}

impl TryFrom<Vec<Rule>> for Rules {
    type Error = RuleError;

    fn try_from(rules: Vec<Rule>) -> Result<Self, RuleError> {
        Self::new(rules)
    }
}
