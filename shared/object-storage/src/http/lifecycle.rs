//! The document that states a bucket's lifecycle rules, as far as they delete objects.

use serde::Deserialize;

use super::xml;
use crate::types::LifecycleRule;

/// Reads the enabled rules of a `LifecycleConfiguration`; `None` where this is none. A server that does not know the call may answer with a
/// list of objects.
pub(super) fn read_rules(text: &str) -> Option<Vec<LifecycleRule>> {
    let found: Configuration = xml::parse(text)?;
    Some(found.rule.into_iter().filter(|rule| rule.status.trim() == "Enabled").map(Rule::into_rule).collect())
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
    fn into_rule(self) -> LifecycleRule {
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
