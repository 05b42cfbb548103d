//! The bucket and key a request addresses.

use std::collections::HashMap;
use std::net::IpAddr;

use http::request::Parts;

use crate::oss::decode::percent_decode;
use crate::oss::error::Result;
use crate::oss::headers::host;

/// Bucket and key, decoded once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) bucket: Option<String>,
    pub(crate) key: Option<String>,
}

impl Target {
    /// Finds the bucket in a custom domain, in the path when the host is an address or `localhost`, else in
    /// the host's first label.
    pub(crate) fn parse(parts: &Parts, cname: &HashMap<String, String>) -> Result<Self> {
        let path = parts.uri.path().strip_prefix('/').unwrap_or_default();
        let host = strip_port(host(parts));
        let (bucket, key) = if let Some(bucket) = cname.get(host) {
            (bucket.clone(), path)
        } else if host.is_empty() || host == "localhost" || host.parse::<IpAddr>().is_ok() {
            let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
            (percent_decode(bucket)?, key)
        } else {
            (host.split('.').next().unwrap_or_default().to_owned(), path)
        };
        let some = |text: String| (!text.is_empty()).then_some(text);
        Ok(Self { bucket: some(bucket), key: some(percent_decode(key)?) })
    }
}

fn strip_port(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    host.split(':').next().unwrap_or_default()
}
