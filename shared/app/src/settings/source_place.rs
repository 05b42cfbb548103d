//! A place in object storage, as settings and tasks write it.

use serde::Deserialize;
use upload_core::{Location, Provider};

/// A bucket, or the objects in it whose keys begin with a prefix: `oss://bucket/prefix` or `s3://bucket/prefix`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SourcePlace {
    provider: Provider,
    bucket: String,
    /// Literal, as a rule's: `films` covers `films-secret/` as well.
    prefix: String,
}

impl TryFrom<String> for SourcePlace {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (provider, bucket, prefix) =
            parse_place(&text).ok_or("must be oss://bucket/prefix or s3://bucket/prefix")?;
        Ok(Self { provider, bucket: bucket.into(), prefix: prefix.into() })
    }
}

impl SourcePlace {
    /// The bucket, with the prefix for a key.
    pub(super) fn to_location(&self) -> Location {
        let Self { provider, bucket, prefix } = self.clone();
        Location { provider, bucket, key: prefix, region: None }
    }

    /// Whether the object lies there.
    pub(super) fn contains(&self, location: &Location) -> bool {
        self.provider == location.provider
            && self.bucket == location.bucket
            && location.key.starts_with(&self.prefix)
    }
}

/// Splits `oss://bucket/...` or `s3://bucket/...` into the provider, the bucket and the rest; `None` where it is neither.
pub(crate) fn parse_place(text: &str) -> Option<(Provider, &str, &str)> {
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
