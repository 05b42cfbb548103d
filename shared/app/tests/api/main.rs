//! The crate's public API, as entrypoints use it.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod large_ledger;
mod ledger_checks;
mod ledger_store;
mod odd_tasks;
mod scripted_bucket;
mod seal;
mod settings;
mod settings_callback;
mod settings_http;
mod settings_rights;
mod settings_robots;
mod settings_sources;
mod tasks;
