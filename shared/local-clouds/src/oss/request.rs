//! What a request is about: bucket, key, parameters.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use percent_encoding::percent_decode_str;

use super::encode::upper_hex;
use super::error::{OssError, Result};

/// What every answer says about its request.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) request_id: String,
    pub(super) host: String,
    pub(super) is_head: bool,
}

impl Identity {
    pub(super) fn of(parts: &Parts) -> Self {
        Self {
            request_id: upper_hex(&rand::random::<[u8; 12]>()),
            host: host(parts).to_owned(),
            is_head: parts.method == Method::HEAD,
        }
    }
}

/// A parsed request.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) identity: Identity,
    pub(super) method: Method,
    pub(super) target: Target,
    pub(super) query: Query,
    pub(super) headers: HeaderMap,
    pub(super) peer: Option<IpAddr>,
    /// The access key id, once the signature has been verified.
    pub(super) principal: String,
}

impl Request {
    pub(super) fn parse(parts: &Parts, cname: &HashMap<String, String>) -> Result<Self> {
        Ok(Self {
            identity: Identity::of(parts),
            method: parts.method.clone(),
            target: Target::parse(parts, cname)?,
            query: Query::parse(parts.uri.query().unwrap_or_default())?,
            headers: parts.headers.clone(),
            peer: parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()),
            principal: String::new(),
        })
    }

    /// A header's value, if it is UTF-8.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        header_text(&self.headers, name)
    }

    pub(super) fn bucket(&self) -> Result<&str> {
        self.target
            .bucket
            .as_deref()
            .ok_or_else(|| OssError::invalid("InvalidBucketName", "The request names no bucket."))
    }

    pub(super) fn key(&self) -> Result<&str> {
        self.target
            .key
            .as_deref()
            .ok_or_else(|| OssError::invalid("InvalidObjectName", "The request names no object."))
    }

    /// Whether the caller wants to create only.
    pub(super) fn forbids_overwrite(&self) -> bool {
        self.header("x-oss-forbid-overwrite").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

/// Header values may hold UTF-8 beyond ASCII, which `HeaderValue::to_str` refuses.
pub(super) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
}

fn host(parts: &Parts) -> &str {
    parts
        .uri
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| header_text(&parts.headers, "host"))
        .unwrap_or_default()
}

/// Bucket and key, decoded once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) bucket: Option<String>,
    pub(super) key: Option<String>,
}

impl Target {
    /// The bucket stands in a custom domain, in the path when the host is an address or `localhost`, else in the host's
    /// first label.
    pub(super) fn parse(parts: &Parts, cname: &HashMap<String, String>) -> Result<Self> {
        let path = parts.uri.path().strip_prefix('/').unwrap_or_default();
        let host = without_port(host(parts));
        let (bucket, key) = if let Some(bucket) = cname.get(host) {
            (bucket.clone(), path)
        } else if host.is_empty() || host == "localhost" || host.parse::<IpAddr>().is_ok() {
            let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
            (decoded(bucket)?, key)
        } else {
            (host.split('.').next().unwrap_or_default().to_owned(), path)
        };
        let some = |text: String| (!text.is_empty()).then_some(text);
        Ok(Self { bucket: some(bucket), key: some(decoded(key)?) })
    }
}

fn without_port(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    host.split(':').next().unwrap_or_default()
}

fn decoded(text: &str) -> Result<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(String::from).map_err(|_| OssError::invalid("InvalidObjectName", "The name is not UTF-8."))
}

/// The query's parameters, decoded, in the order they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// A plus sign is a space: the older Python client sends spaces so.
    pub(super) fn parse(raw: &str) -> Result<Self> {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(&name.replace('+', " "))?, decoded(&value.replace('+', " "))?))
        });
        pairs.collect::<Result<_>>().map(Self)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A whole number, or the default if it is not there.
    pub(super) fn number(&self, name: &str, default: usize) -> Result<usize> {
        match self.get(name) {
            None | Some("") => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| OssError::invalid_argument(format!("{name} must be a whole number."))),
        }
    }
}

/// Whether the request says how long its body is.
pub(super) fn has_length(headers: &HeaderMap) -> bool {
    headers.contains_key(header::CONTENT_LENGTH) || headers.contains_key(header::TRANSFER_ENCODING)
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
