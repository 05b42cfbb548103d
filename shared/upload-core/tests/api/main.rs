//! The core by its public API alone: pure functions, and ports in memory.
#![expect(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod encoded_words;
mod errors;
mod intake;
mod md5;
mod metadata;
mod outcome;
mod plan;
mod upload_id;
