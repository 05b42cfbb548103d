//! Makes the URL that is sent, of bucket and key.

use std::net::IpAddr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::{
    config::{Addressing, Provider, StoreConfig},
    error::{Error, ErrorKind},
};

const OPERATION: &str = "Configure";
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: AsciiSet = UNRESERVED.remove(b'/');
/// Longest key of OSS, in bytes; S3 takes one more.
const OSS_KEY_LIMIT: usize = 1023;
const S3_KEY_LIMIT: usize = 1024;

/// Where a bucket is.
#[derive(Debug)]
pub(crate) struct Address {
    /// Scheme, host and, for path style, the bucket; no slash at the end.
    base: String,
    /// Host and port of the endpoint, whichever bucket.
    pub(crate) endpoint: String,
    /// Identifies endpoint and bucket among all stores of the process.
    pub(crate) identity: String,
    pub(crate) region: Option<String>,
}

impl Address {
    pub(crate) fn new(config: &StoreConfig) -> Result<Self, Error> {
        let bucket = config.bucket.as_str();
        if bucket.is_empty() || !bucket.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) {
            return Err(invalid_config("the bucket name is empty or has characters no bucket has")
                .with_context("bucket", bucket));
        }
        let endpoint = match (&config.endpoint, config.provider, &config.region) {
            (Some(endpoint), ..) => endpoint.clone(),
            (None, Provider::Oss, Some(region)) => format!("oss-{region}.aliyuncs.com"),
            (None, Provider::S3, Some(region)) => format!("s3.{region}.amazonaws.com"),
            (None, ..) => {
                return Err(
                    invalid_config("an endpoint or a region is needed").with_context("bucket", bucket)
                );
            }
        };
        let url = if endpoint.contains("://") { endpoint.clone() } else { format!("https://{endpoint}") };
        let url = Url::parse(&url).map_err(|_| {
            invalid_config("the endpoint is not a host or URL").with_context("bucket", bucket)
        })?;
        let (Some(host), "http" | "https") = (url.host_str(), url.scheme()) else {
            return Err(
                invalid_config("the endpoint is not an http or https address").with_context("bucket", bucket)
            );
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || !url.username().is_empty() {
            return Err(invalid_config("the endpoint must be a host without path, query or user")
                .with_context("bucket", bucket));
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let scheme = url.scheme();
        let base = match resolve_style(config.addressing, config.provider, host, bucket) {
            Addressing::Path => format!("{scheme}://{host}{port}/{bucket}"),
            Addressing::CustomDomain => format!("{scheme}://{host}{port}"),
            Addressing::Auto | Addressing::VirtualHost => format!("{scheme}://{bucket}.{host}{port}"),
        };
        Ok(Self {
            endpoint: format!("{host}{port}"),
            identity: format!("{host}{port}/{bucket}"),
            region: config.region.clone().or_else(|| detect_region(config.provider, host)),
            base,
        })
    }

    /// The URL of an object, or of the bucket; `query` is encoded already.
    pub(crate) fn url(&self, key: Option<&str>, query: &str) -> Result<Url, &'static str> {
        let text = format!("{}{}", self.base, path_and_query(key, query));
        Url::parse(&text).map_err(|_| "the key makes no valid URL")
    }
}

/// Encodes a path, slashes kept.
pub(crate) fn encode_path(path: &str) -> impl std::fmt::Display {
    utf8_percent_encode(path, &PATH)
}

/// Encodes a name or value of a query.
pub(crate) fn encode(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, &UNRESERVED)
}

fn path_and_query(key: Option<&str>, query: &str) -> String {
    let path = encode_path(key.unwrap_or_default());
    if query.is_empty() { format!("/{path}") } else { format!("/{path}?{query}") }
}

/// Encodes query parameters; one without a value has no `=`.
pub(crate) fn encode_query(pairs: &[(&str, String)]) -> String {
    let encoded = pairs.iter().map(|(name, value)| {
        let name = utf8_percent_encode(name, &UNRESERVED);
        if value.is_empty() {
            name.to_string()
        } else {
            format!("{name}={}", utf8_percent_encode(value, &UNRESERVED))
        }
    });
    encoded.collect::<Vec<_>>().join("&")
}

/// Refuses keys that the store does not have, or that no URL can carry: URLs fold `.` and `..`, and a folder must not be left.
///
/// S3 takes a key that begins with a slash; OSS takes none that begins with a slash or a backslash.
///
/// # Errors
/// What is wrong with the key: a sentence that names it as `the key`.
pub fn check_key(provider: Provider, key: &str) -> Result<(), &'static str> {
    let (limit, too_long) = match provider {
        Provider::S3 => (S3_KEY_LIMIT, "the key is longer than 1,024 bytes"),
        Provider::Oss | Provider::Folder => (OSS_KEY_LIMIT, "the key is longer than 1,023 bytes"),
    };
    if key.is_empty() {
        Err("the key is empty")
    } else if key.len() > limit {
        Err(too_long)
    } else if key.split('/').any(|segment| segment == "." || segment == "..") {
        Err("the key has a segment . or .., which no URL can carry")
    } else if provider != Provider::S3 && key.starts_with(['/', '\\']) {
        Err("the key begins with a slash or a backslash")
    } else if key.contains('\0') {
        Err("the key holds a zero byte")
    } else {
        Ok(())
    }
}

fn resolve_style(wanted: Addressing, provider: Provider, host: &str, bucket: &str) -> Addressing {
    if wanted != Addressing::Auto {
        return wanted;
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<IpAddr>().is_ok() || host == "localhost" {
        Addressing::Path
    } else if host.strip_prefix(bucket).is_some_and(|rest| rest.starts_with('.')) {
        Addressing::CustomDomain
    } else if provider == Provider::S3 && bucket.contains('.') {
        Addressing::Path // a wildcard certificate covers one label
    } else {
        Addressing::VirtualHost
    }
}

/// The region an official endpoint names.
fn detect_region(provider: Provider, host: &str) -> Option<String> {
    let region = match provider {
        Provider::Oss => {
            let name = host.strip_suffix(".aliyuncs.com")?;
            // With or without the bucket in front; `REGION.oss` is the dual-stack form.
            let name = match name.strip_suffix(".oss") {
                Some(region) => region.rsplit('.').next()?,
                None => name.rsplit('.').next()?.strip_prefix("oss-")?,
            };
            name.strip_suffix("-internal").unwrap_or(name)
        }
        Provider::S3 => {
            let name =
                host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".amazonaws.com.cn"))?;
            match name.rsplit('.').next()? {
                "s3" => "us-east-1",
                region => region.strip_prefix("s3-").unwrap_or(region),
            }
        }
        Provider::Folder => return None,
    };
    (!region.is_empty() && !region.starts_with("accelerate")).then(|| region.to_owned())
}

fn invalid_config(message: &'static str) -> Error {
    Error::new(ErrorKind::Config, OPERATION, message)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn url(config: StoreConfig, key: &str) -> String {
        Address::new(&config).unwrap().url(Some(key), "").unwrap().to_string()
    }

    #[test]
    fn each_addressing_puts_the_bucket_in_its_place() {
        let oss = |endpoint: &str| StoreConfig::oss("b").endpoint(endpoint);
        assert_eq!(url(oss("oss-cn-hangzhou.aliyuncs.com"), "k"), "https://b.oss-cn-hangzhou.aliyuncs.com/k");
        assert_eq!(url(oss("http://127.0.0.1:8080"), "k"), "http://127.0.0.1:8080/b/k");
        assert_eq!(url(oss("http://[::1]:8080"), "k"), "http://[::1]:8080/b/k");
        assert_eq!(url(oss("http://localhost:1/"), "k"), "http://localhost:1/b/k");
        assert_eq!(
            url(oss("b.oss-cn-hangzhou.aliyuncs.com"), "k"),
            "https://b.oss-cn-hangzhou.aliyuncs.com/k"
        );
        assert_eq!(
            url(oss("v.example.com").addressing(Addressing::CustomDomain), "k"),
            "https://v.example.com/k"
        );
        assert_eq!(url(oss("v.example.com").addressing(Addressing::Path), "k"), "https://v.example.com/b/k");
        assert_eq!(
            url(StoreConfig::s3("a.b").region(Some("eu-west-1".into())), "k"),
            "https://s3.eu-west-1.amazonaws.com/a.b/k"
        );
    }

    #[test]
    fn the_region_is_read_from_official_endpoints_only() {
        let of = |provider, host| detect_region(provider, host);
        for host in [
            "oss-cn-beijing.aliyuncs.com",
            "oss-cn-beijing-internal.aliyuncs.com",
            "b.oss-cn-beijing.aliyuncs.com",
            "cn-beijing.oss.aliyuncs.com",
        ] {
            assert_eq!(of(Provider::Oss, host).as_deref(), Some("cn-beijing"), "{host}");
        }
        for host in
            ["oss-accelerate.aliyuncs.com", "oss-accelerate-overseas.aliyuncs.com", "video.example.com"]
        {
            assert_eq!(of(Provider::Oss, host), None, "{host}");
        }
        assert_eq!(of(Provider::S3, "s3.amazonaws.com").as_deref(), Some("us-east-1"));
        assert_eq!(of(Provider::S3, "s3.cn-north-1.amazonaws.com.cn").as_deref(), Some("cn-north-1"));
        assert_eq!(of(Provider::S3, "s3.dualstack.eu-west-1.amazonaws.com").as_deref(), Some("eu-west-1"));
        assert_eq!(of(Provider::S3, "minio.example.com"), None);
    }

    #[test]
    fn keys_are_encoded_once_and_slashes_kept() {
        let config = StoreConfig::oss("b").endpoint("http://127.0.0.1:1");
        assert_eq!(
            url(config, "片 子/a+b%&=?#.mp4"),
            "http://127.0.0.1:1/b/%E7%89%87%20%E5%AD%90/a%2Bb%25%26%3D%3F%23.mp4"
        );
    }

    #[test]
    fn keys_that_a_url_would_fold_are_refused() {
        for provider in [Provider::Oss, Provider::S3, Provider::Folder] {
            for key in ["", "a/../b", "./a", "a/.", "a\0"] {
                assert!(check_key(provider, key).is_err(), "{provider:?} {key:?}");
            }
            for key in ["a//b", "a..b/.c", "%2e%2e/a", "a/"] {
                assert!(check_key(provider, key).is_ok(), "{provider:?} {key:?}");
            }
        }
    }

    /// What begins a key, and how long it may be, is each store's own rule.
    #[test]
    fn each_store_has_its_own_rule_for_keys() {
        for key in ["/a", "//a", "\\a"] {
            assert!(check_key(Provider::Oss, key).is_err(), "{key:?}");
            assert!(check_key(Provider::S3, key).is_ok(), "{key:?}");
        }
        let of_length = |length| "k".repeat(length);
        for (provider, longest) in [(Provider::Oss, 1023), (Provider::S3, 1024)] {
            assert!(check_key(provider, &of_length(longest)).is_ok(), "{provider:?}");
            assert!(check_key(provider, &of_length(longest + 1)).is_err(), "{provider:?}");
        }
    }

    #[test]
    fn a_slash_before_the_key_stays_in_the_path() {
        let s3 = |bucket| StoreConfig::s3(bucket).region(Some("eu-west-1".into()));
        assert_eq!(url(s3("b"), "/k"), "https://b.s3.eu-west-1.amazonaws.com//k");
        assert_eq!(url(s3("b").endpoint("http://127.0.0.1:1"), "//k"), "http://127.0.0.1:1/b///k");
    }

    #[test]
    fn an_endpoint_with_more_than_a_host_is_refused() {
        for endpoint in ["https://h/path", "ftp://h", "https://u@h", "https://h?x", "::"] {
            let error = Address::new(&StoreConfig::oss("b").endpoint(endpoint)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{endpoint}");
        }
        assert_eq!(Address::new(&StoreConfig::oss("b")).unwrap_err().kind(), ErrorKind::Config);
    }
}
