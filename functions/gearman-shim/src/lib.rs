//! A Gearman worker that carries nothing out itself: each job becomes an HTTP call of the function, each answer the legacy worker's.
//!
//! | module | its job |
//! |---|---|
//! | `codec` | packets to bytes and back |
//! | `connection` | a line to one gearmand: TCP, keepalive, TLS |
//! | `session` | what goes on over one line: grabbing, sleeping, answering |
//! | [`worker`] | all lines together: slots, reconnecting, draining |
//! | [`job`] | what a worker's user implements: [`Handler`] |
//! | `forwarder`, `call`, `answer`, `pace` | the handler: the HTTP side |
//! | [`metrics`], `health` | what operators see |
//! | `config`, `run` | flags and the process |
//!
//! Written against gearmand 1.1.20 and its PROTOCOL file. What the published worker crates lack, and this one has: many jobs on one
//! connection, a limit over all servers, answers that survive stray ERROR packets, life signs, bounded payloads, draining.

mod answer;
mod call;
mod codec;
mod config;
mod connection;
mod forwarder;
mod health;
pub mod job;
pub mod metrics;
mod pace;
mod run;
mod session;
pub mod worker;

#[cfg(test)]
mod testing;

pub use connection::Server;
pub use job::{Handler, Job, Progress, Reply};
pub use run::main;
pub use worker::{Drain, WorkerConfig, work};
