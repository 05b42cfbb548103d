//! The text that says where the ledger is kept.

use super::error::config_error;
use upload_core::{Error, Location, Provider};

/// Reads `oss://bucket/prefix/`, `s3://bucket/prefix/` or the path of a folder.
///
/// # Errors
/// [`Config`](upload_core::ErrorKind::Config) where it is none of them.
pub(super) fn parse_location(text: &str) -> Result<Location, Error> {
    let (provider, rest) = match text.split_once("://") {
        Some(("oss", rest)) => (Provider::Oss, rest),
        Some(("s3", rest)) => (Provider::S3, rest),
        Some(_) => {
            return Err(config_error(
                "ledger.location must be oss://bucket/prefix/, s3://bucket/prefix/ or a folder",
            ));
        }
        None => {
            let (bucket, key) = (text.to_owned(), String::new());
            return Ok(Location { provider: Provider::Folder, bucket, key, region: None });
        }
    };
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() || prefix.starts_with('/') {
        return Err(config_error("ledger.location names no bucket"));
    }
    let slash = if prefix.is_empty() || prefix.ends_with('/') { "" } else { "/" };
    Ok(Location { provider, bucket: bucket.into(), key: format!("{prefix}{slash}"), region: None })
}

/// Checks that a text says where a ledger is kept: `oss://bucket/prefix/`, `s3://bucket/prefix/` or the path of a folder.
///
/// # Errors
/// [`Config`](upload_core::ErrorKind::Config) where it does not.
pub fn check_location(text: &str) -> Result<(), Error> {
    parse_location(text).map(drop)
}

/// Whether a ledger at `location` lies where a rule for this bucket and prefix of `provider` looks for objects, or around it: each entry of
/// the ledger would call the function. A text that is no location overlaps nothing.
#[must_use]
pub fn overlaps_rule(location: &str, provider: Provider, bucket: &str, prefix: &str) -> bool {
    parse_location(location).is_ok_and(|ledger| {
        ledger.provider != Provider::Folder
            && (ledger.provider, ledger.bucket.as_str()) == (provider, bucket)
            && (ledger.key.starts_with(prefix) || prefix.starts_with(&ledger.key))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_overlaps_the_rule_whose_events_it_would_make() {
        for (location, bucket, prefix, overlaps) in [
            ("oss://b/in/ledger/", "b", "in/", true),
            ("oss://b/in", "b", "in/", true),
            ("oss://b/oss2youku/", "b", "", true),
            ("oss://b", "b", "in/", true),
            ("oss://b/oss2youku/", "b", "in/", false),
            ("oss://b/in/", "other", "in/", false),
            ("s3://b/in/", "b", "in/", false),
            ("/b/in", "b", "in/", false),
        ] {
            assert_eq!(overlaps_rule(location, Provider::Oss, bucket, prefix), overlaps, "{location}");
        }
    }

    #[test]
    fn locations_are_read_and_prefixes_end_with_a_slash() {
        let cases = [
            ("oss://b/p/q", Provider::Oss, "b", "p/q/"),
            ("oss://b", Provider::Oss, "b", ""),
            ("s3://b/p/", Provider::S3, "b", "p/"),
            ("/var/ledger", Provider::Folder, "/var/ledger", ""),
        ];
        for (text, provider, bucket, key) in cases {
            let read = parse_location(text).expect(text);
            assert_eq!((read.provider, read.bucket.as_str(), read.key.as_str()), (provider, bucket, key));
        }
        for text in ["http://b/p", "oss:///p", "oss://"] {
            assert!(parse_location(text).is_err(), "{text}");
        }
    }
}
