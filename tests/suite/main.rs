//! The integration suites, one module a topic. Everything here runs the real programs over real sockets.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod architecture;
mod budgets;
mod callbacks;
mod demo;
mod deploying;
mod docs;
mod fc_clients;
mod function;
mod gearman;
mod house;
mod http_door;
mod lambda;
mod operator;
mod oss_clients;
mod promise;
mod readme;
mod runtime;
mod support;
mod sweep;
mod upload;
mod youku_clients;
