//! Who may do and see what: real processes, real sockets.

mod ledgers;
mod listening;
mod owners;
mod rights;
mod sources;

use crate::support::{Setup, TestEnv, serve_http};

/// The function with its HTTP trigger.
async fn start_env(variables: &[(&str, &str)], setup: Setup<'_>) -> TestEnv {
    TestEnv::start(Setup { variables, host: serve_http, ..setup }).await
}
