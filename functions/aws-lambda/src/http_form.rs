//! The forms in which HTTP requests come to a function, and its responses go back.

/// Who turned an HTTP request into an event. Each wants its response in a form of its own and refuses, or ignores, what others want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpForm {
    /// A function URL: payload format 2.0, and the one sender that can pass a response on while it is being made.
    FunctionUrl,
    /// An HTTP API with payload format 2.0.
    FormatTwo,
    /// A REST API, or an HTTP API with payload format 1.0.
    FormatOne,
    /// An application load balancer.
    LoadBalancer {
        /// Its target group sends all values of a header, and reads responses only in that form.
        multi_value: bool,
    },
}
