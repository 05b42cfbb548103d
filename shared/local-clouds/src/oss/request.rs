//! A parsed request.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::request::Parts;
use http::{HeaderMap, Method};

use crate::oss::error::{OssError, Result};
use crate::oss::headers::header_text;
use crate::oss::identity::RequestIdentity;
use crate::oss::query::Query;
use crate::oss::target::Target;

/// Longest object name, in bytes.
const KEY_LIMIT: usize = 1023;

/// A parsed request.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) identity: RequestIdentity,
    pub(crate) method: Method,
    pub(crate) target: Target,
    /// The path as it was sent, percent-encoded.
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) peer: Option<IpAddr>,
    /// The access key id, once the signature has been verified.
    pub(crate) principal: String,
}

impl Request {
    pub(crate) fn parse(parts: &Parts, cname: &HashMap<String, String>) -> Result<Self> {
        Ok(Self {
            identity: RequestIdentity::from_parts(parts),
            method: parts.method.clone(),
            target: Target::parse(parts, cname)?,
            path: parts.uri.path().to_owned(),
            query: Query::parse(parts.uri.query().unwrap_or_default())?,
            headers: parts.headers.clone(),
            peer: parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()),
            principal: String::new(),
        })
    }

    /// A header's value, if it is UTF-8.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header_text(&self.headers, name)
    }

    pub(crate) fn bucket(&self) -> Result<&str> {
        self.target
            .bucket
            .as_deref()
            .ok_or_else(|| OssError::invalid("InvalidBucketName", "The request names no bucket."))
    }

    pub(crate) fn key(&self) -> Result<&str> {
        let invalid = |message| OssError::invalid("InvalidObjectName", message);
        let key = self.target.key.as_deref().ok_or_else(|| invalid("The request names no object."))?;
        if key.starts_with(['/', '\\']) {
            let refused = invalid("The specified object is not valid.");
            return Err(refused.with_detail("EC", "0016-00000005"));
        }
        if key.len() > KEY_LIMIT {
            let refused = invalid("The length of object name must be less than 1024.");
            return Err(refused.with_detail("EC", "0016-00000002"));
        }
        Ok(key)
    }

    /// Whether the caller forbids overwriting.
    pub(crate) fn forbids_overwrite(&self) -> bool {
        self.header("x-oss-forbid-overwrite").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::collections::HashMap;

    use super::{Query, Target};

    #[test]
    fn the_bucket_stands_in_the_host_the_path_or_the_custom_domain() {
        let cname = HashMap::from([("video.example.com".to_owned(), "own".to_owned())]);
        for (host, path, bucket, key) in [
            ("suite.oss-cn-hangzhou.aliyuncs.com", "/a%2Bb", "suite", "a+b"),
            ("suite.localhost:9000", "/", "suite", ""),
            ("127.0.0.1:9000", "/suite/a/b", "suite", "a/b"),
            ("localhost", "/suite/a%2520", "suite", "a%20"),
            ("[::1]:9000", "/suite", "suite", ""),
            ("[::1]:9000", "/", "", ""),
            ("video.example.com:80", "/suite/a", "own", "suite/a"),
        ] {
            let parts = http::Request::get(path).header("host", host).body(()).unwrap().into_parts().0;
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let wanted = Target { bucket: some(bucket), key: some(key) };
            assert_eq!(Target::parse(&parts, &cname).unwrap(), wanted, "{host}{path}");
        }
    }

    #[test]
    fn parameters_are_decoded_once_and_a_plus_is_a_space() {
        let query = Query::parse("uploads&prefix=a+b%2B%2520&empty=").unwrap();
        let pairs = query.iter().collect::<Vec<_>>();
        assert_eq!(pairs, [("uploads", ""), ("prefix", "a b+%20"), ("empty", "")]);
        assert!(Query::parse("a=%ff").is_err());
    }
}
