use http::{HeaderMap, Method};

/// What the platform asks of the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallKind {
    /// An event: InvokeFunction, or any trigger but HTTP.
    Invoke,
    /// A request of an HTTP trigger, or a health check.
    Http,
    /// The initializer hook.
    Initialize,
    /// The pre-stop hook.
    PreStop,
}

impl CallKind {
    /// Tells the kind of a call. `x-fc-control-path` decides: a caller of an HTTP trigger can choose any path, but not
    /// this header. Where its value is unknown (the one of pre-stop is not documented), method and path decide.
    pub(crate) fn classify(method: &Method, path: &str, headers: &HeaderMap) -> Self {
        let control_paths = || {
            let values = headers.get_all("x-fc-control-path").iter();
            values.filter_map(|value| value.to_str().ok()).map(str::trim)
        };
        // Of contradicting values the one that permits least counts.
        if control_paths().any(|value| value == "/http-invoke") {
            return Self::Http;
        }
        match (control_paths().find(|value| !value.is_empty()), method, path) {
            (Some("/invoke"), ..) => Self::Invoke,
            (Some("/initialize"), ..) => Self::Initialize,
            (Some("/pre-stop"), ..) => Self::PreStop,
            (_, &Method::POST, "/invoke") => Self::Invoke,
            (_, &Method::POST, "/initialize") => Self::Initialize,
            (_, &Method::GET, "/pre-stop") => Self::PreStop,
            _ => Self::Http,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn call(method: Method, path: &str, control: &[&str]) -> CallKind {
        let mut headers = HeaderMap::new();
        for value in control {
            headers.append("x-fc-control-path", value.parse().unwrap());
        }
        CallKind::classify(&method, path, &headers)
    }

    #[test]
    fn the_header_decides() {
        assert_eq!(call(Method::POST, "/invoke", &["/invoke"]), CallKind::Invoke);
        assert_eq!(call(Method::POST, "/initialize", &["/initialize"]), CallKind::Initialize);
        assert_eq!(call(Method::GET, "/pre-stop", &["/pre-stop"]), CallKind::PreStop);
        assert_eq!(call(Method::GET, "/", &["/http-invoke"]), CallKind::Http);
        assert_eq!(call(Method::POST, "/elsewhere", &["/invoke"]), CallKind::Invoke);
    }

    #[test]
    fn an_http_caller_reaches_no_hook_and_no_event_handler() {
        for (method, path) in
            [(Method::POST, "/invoke"), (Method::POST, "/initialize"), (Method::GET, "/pre-stop")]
        {
            assert_eq!(call(method.clone(), path, &["/http-invoke"]), CallKind::Http, "{path}");
            assert_eq!(call(method.clone(), path, &["/http-invoke", "/invoke"]), CallKind::Http, "{path}");
            assert_eq!(call(method, path, &["/invoke", "/http-invoke"]), CallKind::Http, "{path}");
        }
    }

    #[test]
    fn without_a_known_header_method_and_path_decide() {
        for control in [&[][..], &[""][..], &["", ""][..], &["/new-kind"][..]] {
            assert_eq!(call(Method::POST, "/invoke", control), CallKind::Invoke);
            assert_eq!(call(Method::POST, "/initialize", control), CallKind::Initialize);
            assert_eq!(call(Method::GET, "/pre-stop", control), CallKind::PreStop);
            assert_eq!(call(Method::GET, "/invoke", control), CallKind::Http);
            assert_eq!(call(Method::GET, "/initialize", control), CallKind::Http);
            assert_eq!(call(Method::POST, "/pre-stop", control), CallKind::Http);
            assert_eq!(call(Method::GET, "/healthz", control), CallKind::Http);
        }
    }

    #[test]
    fn the_first_filled_value_of_a_repeated_header_counts() {
        assert_eq!(call(Method::POST, "/x", &["", "/invoke", "/initialize"]), CallKind::Invoke);
    }
}
