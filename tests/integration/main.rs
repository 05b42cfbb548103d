//! The integration suites, one module a topic. Everything here runs the real programs over real sockets.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod admin;
mod aliyun_fc;
mod architecture;
mod budgets;
mod callbacks;
mod chinese_marks;
mod console;
mod demo;
mod deploying;
mod dev;
mod docs;
mod fc_clients;
mod gearman;
mod house;
mod http_api;
mod keys;
mod known_objects;
mod lambda;
mod listing;
mod managing;
mod monitoring;
mod oss_clients;
mod preflight;
mod promise;
mod readme;
mod rehearse;
mod robots;
mod runtime;
mod status_requests;
#[path = "../support/mod.rs"]
mod support;
mod sweep;
mod sweep_preview;
mod upload;
mod videos;
mod words;
mod youku_clients;
