//! The local clouds through their public API, one module per cloud.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the function process writes its log")]

mod control;
mod fc;
mod http_client;
mod oss;
mod robots;
mod youku;
