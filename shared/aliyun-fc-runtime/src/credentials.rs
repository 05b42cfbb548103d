use crate::{headers::find_filled, variables::Lookup};
use http::HeaderMap;
use std::fmt;

const ACCESS_KEY_ID: &str = "x-fc-access-key-id";
const ACCESS_KEY_SECRET: &str = "x-fc-access-key-secret";
const SECURITY_TOKEN: &str = "x-fc-security-token";

/// Credentials of the function's role. Debug output shows none of them.
///
/// Headers come with each call and environment variables once per instance, so the headers win, but only where key id,
/// secret and token are all there: a function without a role gets them empty, and images from Debian 11 on no longer
/// send the token.
///
/// Source: the pages context (headers) and environment variables; that headers are empty without a role is recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    access_key_id: String,
    access_key_secret: String,
    security_token: Option<String>,
}

impl Credentials {
    /// Id of the access key.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// Secret of the access key.
    pub fn access_key_secret(&self) -> &str {
        &self.access_key_secret
    }

    /// The STS token that belongs to the key; `None` for a long-lived key, which a developer's own environment may hold.
    pub fn security_token(&self) -> Option<&str> {
        self.security_token.as_deref()
    }

    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        Some(Self {
            access_key_id: find_filled(headers, ACCESS_KEY_ID)?.to_owned(),
            access_key_secret: find_filled(headers, ACCESS_KEY_SECRET)?.to_owned(),
            security_token: Some(find_filled(headers, SECURITY_TOKEN)?.to_owned()),
        })
    }

    pub(crate) fn from_environment(lookup: &Lookup<'_>) -> Option<Self> {
        Some(Self {
            access_key_id: lookup("ALIBABA_CLOUD_ACCESS_KEY_ID")?,
            access_key_secret: lookup("ALIBABA_CLOUD_ACCESS_KEY_SECRET")?,
            security_token: lookup("ALIBABA_CLOUD_SECURITY_TOKEN"),
        })
    }

    /// Keeps the secrets in these headers out of the Debug output of a request.
    pub(crate) fn mark_sensitive(headers: &mut HeaderMap) {
        for name in [ACCESS_KEY_ID, ACCESS_KEY_SECRET, SECURITY_TOKEN] {
            if let http::header::Entry::Occupied(mut entry) = headers.entry(name) {
                entry.iter_mut().for_each(|value| value.set_sensitive(true));
            }
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(hidden)")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn headers(values: [&str; 3]) -> HeaderMap {
        let names = [ACCESS_KEY_ID, ACCESS_KEY_SECRET, SECURITY_TOKEN];
        names
            .into_iter()
            .zip(values)
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn headers_count_only_where_all_three_are_filled() {
        let found = Credentials::from_headers(&headers(["id", "secret", "token"])).unwrap();
        assert_eq!(found.access_key_id(), "id");
        assert_eq!(found.access_key_secret(), "secret");
        assert_eq!(found.security_token(), Some("token"));
        for incomplete in [["", "secret", "token"], ["id", "", "token"], ["id", "secret", ""], ["", "", ""]] {
            assert_eq!(Credentials::from_headers(&headers(incomplete)), None, "{incomplete:?}");
        }
        assert_eq!(Credentials::from_headers(&HeaderMap::new()), None);
    }

    #[test]
    fn an_environment_without_a_token_still_gives_a_key() {
        let found = Credentials::from_environment(&|name| match name {
            "ALIBABA_CLOUD_ACCESS_KEY_ID" => Some("id".to_owned()),
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET" => Some("secret".to_owned()),
            _ => None,
        })
        .unwrap();
        assert_eq!(found.security_token(), None);
        assert_eq!(Credentials::from_environment(&|_| None), None);
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let mut headers = headers(["the-id", "the-secret", "the-token"]);
        let credentials = Credentials::from_headers(&headers).unwrap();
        Credentials::mark_sensitive(&mut headers);
        let shown = format!("{credentials:?} {headers:?}");
        for hidden in ["the-id", "the-secret", "the-token"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}
