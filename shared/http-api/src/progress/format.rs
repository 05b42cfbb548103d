//! The form in which a caller wants progress.

use axum::http::{HeaderMap, header::ACCEPT};

/// How progress is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProgressFormat {
    /// Server-sent events: `event: progress` or `outcome`; heartbeats are comments.
    Events,
    /// A JSON object a line, with a field `event`: `progress`, `heartbeat` or `outcome`.
    Lines,
}

impl ProgressFormat {
    /// The form that the caller accepts; `None` where it wants the outcome alone.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        accepted.flat_map(|value| value.split(',')).find_map(|one| {
            let mut parts = one.split(';').map(|part| part.trim().to_ascii_lowercase());
            let name = parts.next().unwrap_or_default();
            // A weight of nothing says what the caller does not take.
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.trim().parse::<f32>().ok());
            match name.as_str() {
                _ if weight.is_some_and(|weight| weight <= 0.0) => None,
                "text/event-stream" => Some(Self::Events),
                "application/x-ndjson" => Some(Self::Lines),
                _ => None,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_callers_accept_header_picks_the_format() {
        let wanted = |values: &[&'static str]| {
            let values = values.iter().map(|value| (ACCEPT, HeaderValue::from_static(value)));
            ProgressFormat::from_headers(&HeaderMap::from_iter(values))
        };
        assert_eq!(wanted(&[]), None);
        assert_eq!(wanted(&["*/*"]), None);
        assert_eq!(wanted(&["application/json, text/plain"]), None);
        assert_eq!(wanted(&["Text/Event-Stream"]), Some(ProgressFormat::Events));
        assert_eq!(wanted(&["application/json, application/x-ndjson;q=0.9"]), Some(ProgressFormat::Lines));
        assert_eq!(wanted(&["text/html, text/event-stream; q=0.0"]), None);
        assert_eq!(wanted(&["text/event-stream;Q=0, application/x-ndjson"]), Some(ProgressFormat::Lines));
    }
}
