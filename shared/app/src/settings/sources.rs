//! Places from which tasks may have objects published.

use super::Settings;
use serde::Deserialize;
use upload_core::{Location, Provider};

/// A bucket, or what keys in it begin with: `oss://bucket/prefix` or `s3://bucket/prefix`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SourcePlace {
    provider: Provider,
    bucket: String,
    /// Literal, as a rule's: `films` takes `films-secret/` in as well.
    prefix: String,
}

impl TryFrom<String> for SourcePlace {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (provider, bucket, prefix) =
            place(&text).ok_or("must be oss://bucket/prefix or s3://bucket/prefix")?;
        Ok(Self { provider, bucket: bucket.into(), prefix: prefix.into() })
    }
}

impl SourcePlace {
    fn holds(&self, location: &Location) -> bool {
        self.provider == location.provider
            && self.bucket == location.bucket
            && location.key.starts_with(&self.prefix)
    }
}

impl Settings {
    /// Whether a task that comes by HTTP, from a queue or through Gearman may have this object published: it lies in a place of `http.sources`,
    /// where that is not set under a rule or in `legacy.bucket`, and where there is none of these anywhere.
    #[must_use]
    pub fn may_ask_for(&self, location: &Location) -> bool {
        if self.takes_any_source() {
            return true;
        }
        // A key is a name and no path, but something between may take it for one.
        if location.key.split('/').any(|name| matches!(name, "." | "..")) {
            return false;
        }
        match &self.http.sources {
            Some(places) => places.iter().any(|place| place.holds(location)),
            None => self.is_ruled(location) || self.is_legacy(location),
        }
    }

    /// Whether a task may name any object that the function can read, since nothing bounds them.
    #[must_use]
    pub fn takes_any_source(&self) -> bool {
        self.http.sources.is_none() && self.rules.iter().next().is_none() && self.legacy.bucket.is_none()
    }

    /// A rule's bucket is one of the source's provider: another's bucket of that name may be anybody's.
    fn is_ruled(&self, location: &Location) -> bool {
        location.provider == self.source.provider && self.rules.for_object(location).is_some()
    }

    fn is_legacy(&self, location: &Location) -> bool {
        location.provider == Provider::Oss && self.legacy.bucket.as_ref() == Some(&location.bucket)
    }
}

/// The provider, the bucket and what stands behind it, of `oss://bucket/...` or `s3://bucket/...`; `None` where it is neither.
pub(crate) fn place(text: &str) -> Option<(Provider, &str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let provider = match scheme {
        "oss" => Provider::Oss,
        "s3" => Provider::S3,
        _ => return None,
    };
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    ((3..=63).contains(&bucket.len()) && bucket.bytes().all(is_name)).then_some((provider, bucket, key))
}

#[cfg(test)]
mod tests {
    use crate::{Settings, object_location};

    fn allowed(file: &str, source: &str) -> bool {
        let settings = Settings::from_parts("test.toml", file, []).expect("settings");
        settings.may_ask_for(&object_location(source).expect("a source"))
    }

    const RULES: &str = "
        [accounts.main]
        client_id = 'c'
        access_token = 't'
        [[rules]]
        bucket = 'ruled'
        prefix = 'films'
        account = 'main'
        public_type = 'all'
    ";

    #[test]
    fn a_source_lies_in_a_place_that_is_named_or_under_a_rule_or_in_the_legacy_bucket() {
        let named = "[http]\nsources = ['oss://named/films/', 's3://other', 'oss://literal/films']";
        let legacy = "[legacy]\nbucket = 'legacy'";
        let cases = [
            (named, "oss://named/films/a.mp4", true),
            (named, "oss://named/films-secret/a.mp4", false),
            (named, "oss://named/films", false),
            (named, "oss://named/a.mp4", false),
            (named, "oss://named/films/../secret/a.mp4", false),
            (named, "oss://named/films/./a.mp4", false),
            (named, "oss://named/films/..", false),
            (named, "oss://named/films/a..mp4", true),
            (named, "oss://named/films//a.mp4", true),
            (named, "oss://named/Films/a.mp4", false),
            (named, "s3://named/films/a.mp4", false),
            (named, "s3://other/any/a.mp4", true),
            (named, "oss://other/any/a.mp4", false),
            (named, "s3://other-one/a.mp4", false),
            (named, "oss://literal/films-secret/a.mp4", true),
            (legacy, "oss://legacy/any/a.mp4", true),
            (legacy, "s3://legacy/any/a.mp4", false),
            (legacy, "oss://another/a.mp4", false),
            (RULES, "oss://ruled/films/a.mp4", true),
            (RULES, "oss://ruled/films-2/a.mp4", true),
            (RULES, "oss://ruled/other/a.mp4", false),
            (RULES, "s3://ruled/films/a.mp4", false),
            ("", "oss://anything/at/../all.mp4", true),
            ("[http]\nsources = []", "oss://anything/at/all.mp4", false),
        ];
        for (file, source, expected) in cases {
            assert_eq!(allowed(file, source), expected, "{file} {source}");
        }
        let both = format!("{RULES}\n{named}\n{legacy}");
        assert!(!allowed(&both, "oss://ruled/films/a.mp4"), "what is named holds alone");
        assert!(!allowed(&both, "oss://legacy/a.mp4"));
        let s3 = format!("{RULES}\n[source]\nprovider = 's3'");
        assert!(allowed(&s3, "s3://ruled/films/a.mp4") && !allowed(&s3, "oss://ruled/films/a.mp4"));
    }

    #[test]
    fn what_is_no_place_is_refused_by_the_settings_name() {
        for text in ["named/films/", "folder:///etc", "oss://", "oss://UPPER/x", "oss://a b/x", "/srv/films"]
        {
            let file = format!("[http]\nsources = ['{text}']");
            let error = Settings::from_parts("test.toml", &file, []).expect_err("no place").to_string();
            assert!(error.contains("http.sources[0]") && error.contains("oss://bucket/prefix"), "{error}");
        }
    }
}
