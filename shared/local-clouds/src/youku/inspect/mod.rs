//! What tests and people see and set under `/_sandbox/`.

mod content;
mod endpoints;
mod expiry;
mod listings;
mod path;
