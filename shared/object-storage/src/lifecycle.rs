//! A bucket's lifecycle rules, as far as they delete objects.

use serde::Deserialize;

use crate::xml;

/// An enabled rule of a bucket's lifecycle, of OSS or S3.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LifecycleRule {
    /// Its name in the bucket; may be empty.
    pub id: String,
    /// The keys it is for begin with this; empty: all keys.
    pub prefix: String,
    /// Whether it deletes the current version of objects, by age or date.
    pub expires: bool,
    /// It is for objects with certain tags alone.
    pub for_tagged: bool,
    /// Prefixes that it leaves alone (OSS only).
    pub spared: Vec<String>,
}

impl LifecycleRule {
    /// Whether it deletes untagged objects of which some have keys that begin with `prefix`.
    ///
    /// Limits of size are not looked at, so a rule for large objects alone counts as well.
    #[must_use]
    pub fn deletes_below(&self, prefix: &str) -> bool {
        let meets = prefix.starts_with(&self.prefix) || self.prefix.starts_with(prefix);
        let spared = || self.spared.iter().any(|spared| prefix.starts_with(spared));
        self.expires && !self.for_tagged && meets && !spared()
    }
}

/// The enabled rules in a `LifecycleConfiguration`; `None` where this is none. A server that does not know the call may answer with a
/// list of objects.
pub(crate) fn rules(text: &str) -> Option<Vec<LifecycleRule>> {
    let found: Configuration = xml::parse(text)?;
    Some(found.rule.into_iter().filter(|rule| rule.status.trim() == "Enabled").map(Rule::read).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    #[serde(default)]
    rule: Vec<Rule>,
}

impl xml::Document for Configuration {
    const ROOT: &'static str = "LifecycleConfiguration";
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    #[serde(rename = "ID", default)]
    id: String,
    /// OSS, and S3's older form.
    prefix: Option<String>,
    #[serde(default)]
    status: String,
    expiration: Option<Expiration>,
    #[serde(default)]
    filter: Filter,
    /// OSS.
    #[serde(default)]
    tag: Vec<Tag>,
}

/// Days or a date; S3's `ExpiredObjectDeleteMarker` deletes no object.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Expiration {
    days: Option<String>,
    date: Option<String>,
    created_before_date: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    prefix: Option<String>,
    #[serde(default)]
    tag: Vec<Tag>,
    /// S3: all of these at once.
    and: Option<Box<Filter>>,
    /// OSS: none of these.
    #[serde(default)]
    not: Vec<Filter>,
}

#[derive(Deserialize)]
struct Tag {}

impl Rule {
    fn read(self) -> LifecycleRule {
        let Filter { prefix, mut tag, and, not } = self.filter;
        let and = and.map(|all| *all).unwrap_or_default();
        tag.extend(self.tag);
        tag.extend(and.tag);
        LifecycleRule {
            id: self.id,
            prefix: self.prefix.or(prefix).or(and.prefix).unwrap_or_default(),
            expires: self.expiration.is_some_and(|Expiration { days, date, created_before_date }| {
                days.or(date).or(created_before_date).is_some()
            }),
            for_tagged: !tag.is_empty(),
            // What is spared for its tag as well is not spared without one.
            spared: not.into_iter().filter(|not| not.tag.is_empty()).filter_map(|not| not.prefix).collect(),
        }
    }
}
