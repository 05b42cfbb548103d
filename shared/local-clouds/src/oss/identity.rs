//! What every answer says about its request.

use http::Method;
use http::request::Parts;

use crate::oss::headers::host;

/// What every answer says about its request.
#[derive(Clone)]
pub(crate) struct RequestIdentity {
    pub(crate) request_id: String,
    pub(crate) host: String,
    pub(crate) is_head: bool,
}

impl RequestIdentity {
    pub(crate) fn from_parts(parts: &Parts) -> Self {
        Self {
            request_id: base16ct::upper::encode_string(&rand::random::<[u8; 12]>()),
            host: host(parts).to_owned(),
            is_head: parts.method == Method::HEAD,
        }
    }
}
