//! Robots through their public API.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod addresses;
mod answers;
mod digests;
mod golden;
mod hostile;
mod limits;
mod previews;
mod requests;
mod samples;
