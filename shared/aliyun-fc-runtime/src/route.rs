use http::{HeaderMap, Method};

/// What the platform wants from the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// An event: InvokeFunction, or any trigger but HTTP.
    Invoke,
    /// A request of an HTTP trigger, or a health check.
    Http,
    /// The initializer hook.
    Initialize,
    /// The pre-stop hook.
    PreStop,
}

impl Call {
    /// `x-fc-control-path` decides: a caller of an HTTP trigger can choose any path, but not this header. Where it says
    /// nothing known (its value on pre-stop is not documented), method and path do.
    pub(crate) fn of(method: &Method, path: &str, headers: &HeaderMap) -> Self {
        let said = || {
            let values = headers.get_all("x-fc-control-path").iter();
            values.filter_map(|value| value.to_str().ok()).map(str::trim)
        };
        // Of contradicting values the one with the least power counts.
        if said().any(|value| value == "/http-invoke") {
            return Self::Http;
        }
        match (said().find(|value| !value.is_empty()), method, path) {
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

    fn call(method: Method, path: &str, control: &[&str]) -> Call {
        let mut headers = HeaderMap::new();
        for value in control {
            headers.append("x-fc-control-path", value.parse().unwrap());
        }
        Call::of(&method, path, &headers)
    }

    #[test]
    fn the_header_decides() {
        assert_eq!(call(Method::POST, "/invoke", &["/invoke"]), Call::Invoke);
        assert_eq!(call(Method::POST, "/initialize", &["/initialize"]), Call::Initialize);
        assert_eq!(call(Method::GET, "/pre-stop", &["/pre-stop"]), Call::PreStop);
        assert_eq!(call(Method::GET, "/", &["/http-invoke"]), Call::Http);
        assert_eq!(call(Method::POST, "/elsewhere", &["/invoke"]), Call::Invoke);
    }

    #[test]
    fn an_http_caller_reaches_no_hook_and_no_event_handler() {
        for (method, path) in
            [(Method::POST, "/invoke"), (Method::POST, "/initialize"), (Method::GET, "/pre-stop")]
        {
            assert_eq!(call(method.clone(), path, &["/http-invoke"]), Call::Http, "{path}");
            assert_eq!(call(method.clone(), path, &["/http-invoke", "/invoke"]), Call::Http, "{path}");
            assert_eq!(call(method, path, &["/invoke", "/http-invoke"]), Call::Http, "{path}");
        }
    }

    #[test]
    fn without_a_known_header_method_and_path_decide() {
        for control in [&[][..], &[""][..], &["", ""][..], &["/new-kind"][..]] {
            assert_eq!(call(Method::POST, "/invoke", control), Call::Invoke);
            assert_eq!(call(Method::POST, "/initialize", control), Call::Initialize);
            assert_eq!(call(Method::GET, "/pre-stop", control), Call::PreStop);
            assert_eq!(call(Method::GET, "/invoke", control), Call::Http);
            assert_eq!(call(Method::GET, "/initialize", control), Call::Http);
            assert_eq!(call(Method::POST, "/pre-stop", control), Call::Http);
            assert_eq!(call(Method::GET, "/healthz", control), Call::Http);
        }
    }

    #[test]
    fn of_a_repeated_header_the_first_filled_value_counts() {
        assert_eq!(call(Method::POST, "/x", &["", "/invoke", "/initialize"]), Call::Invoke);
    }
}
