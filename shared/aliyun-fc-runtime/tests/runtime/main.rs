//! The runtime under the platform's rules, over real sockets: what it receives, how it responds, how it lives and ends.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod client;
mod connections;
mod http_calls;
mod invocations;
mod lifecycle;
