//! Probes of whole files: made by hand, mutated, and made by FFmpeg, whose `ffprobe` judges what they hold.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bounds;
mod corpus;
mod headers;
mod mutations;
mod support;
