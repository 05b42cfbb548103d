//! The crate as its users see it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod slices;
#[cfg(feature = "client")]
mod support;
mod types;
mod validation;
#[cfg(feature = "client")]
mod videos;
