use http::HeaderMap;

/// The first filled value of a header: a header may be empty, missing or repeated.
pub(crate) fn find_filled<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .map(str::trim)
        .find(|value| !value.is_empty())
}
