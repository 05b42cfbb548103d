//! Behaviour over real sockets: wiremock for whole answers, a raw server for broken ones.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod clock;
mod connections;
mod credentials;
mod folder;
mod lifecycle;
mod multipart;
mod odd_answers;
mod reading;
mod signing;
mod support;
mod tls;
mod writing;
