//! The public types by themselves, without a connection.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod diagnostic;
mod payload;
#[cfg(feature = "tracing")]
mod tracing_layer;
