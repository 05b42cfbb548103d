//! The function without a network: events in, actions and responses out.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod carried;
mod decode;
mod decoded;
mod handler;
mod http;
mod http_forms;
mod odd;
mod streaming;
