//! The path that a gateway puts before the HTTP API's own paths.

use serde::Deserialize;

/// The first segments of the API's own paths: below a base path that begins so, what is a route and what is not could not be told apart.
const ROUTES: [&str; 4] = ["uploads", "videos", "probe", "healthz"];

/// A path that begins with a slash and does not end with one; empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BasePath(String);

impl BasePath {
    /// The path: empty, or a slash and at least one character.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for BasePath {
    type Error = &'static str;

    /// Reads a path; slashes at its end are passed over, and blanks around it.
    ///
    /// # Errors
    /// Where it does not begin with a slash, or holds what a URL's path does not: blanks, `?`, `#`, control characters, empty segments;
    /// where it begins like a path of the API itself.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let path = text.trim().trim_end_matches('/');
        let is_allowed = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#');
        let is_path = path.starts_with('/') && !path.contains("//") && path.chars().all(is_allowed);
        if !path.is_empty() && !is_path {
            return Err("must be a URL's path that begins with a slash, like /video");
        }
        if path.split('/').nth(1).is_some_and(|first| ROUTES.contains(&first)) {
            return Err(
                "must not begin with /uploads, /videos, /probe or /healthz, which are paths of the HTTP API itself",
            );
        }
        Ok(Self(path.to_owned()))
    }
}
