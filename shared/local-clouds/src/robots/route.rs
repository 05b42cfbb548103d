//! Which robot a request is for.

use http::request::Parts;

use crate::robots::config::Vendor;

/// The vendor of a request's path, and the token it brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) vendor: Vendor,
    pub(crate) token: Option<String>,
}

impl Route {
    pub(crate) fn from_parts(parts: &Parts) -> Option<Self> {
        let path = parts.uri.path().trim_end_matches('/');
        let parameter = |name| query_parameter(parts, name).filter(|token| !token.is_empty());
        let (vendor, token) = match path {
            "/robot/send" => (Vendor::DingTalk, parameter("access_token")),
            "/cgi-bin/webhook/send" => (Vendor::WeCom, parameter("key")),
            path => {
                let token = path.strip_prefix("/open-apis/bot/v2/hook")?.trim_start_matches('/');
                (Vendor::Feishu, Some(token.to_owned()).filter(|token| !token.is_empty()))
            }
        };
        Some(Self { vendor, token })
    }
}

/// A query parameter, decoded once.
pub(crate) fn query_parameter(parts: &Parts, name: &str) -> Option<String> {
    let query = parts.uri.query().unwrap_or_default();
    let pairs = serde_urlencoded::from_str::<Vec<(String, String)>>(query).unwrap_or_default();
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}
