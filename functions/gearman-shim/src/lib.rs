//! A Gearman worker that forwards each job to the oss2youku function over HTTP and answers as the legacy worker did.
//!
//! | module | its job |
//! |---|---|
//! | `config` | flags, their environment variables, and the values made from them |
//! | `token_file` | the file that holds the bearer token |
//! | `run` | the process: logging, signals, the health server, the worker, the exit code |
//! | `start_error` | what keeps the process from starting |
//! | `protocol::job` | [`Job`]: what gearmand assigns |
//! | `protocol::packet` | the packets a worker sends and receives, as typed values |
//! | `protocol::codec` | those packets to bytes and back, for tokio-util's framed readers and writers |
//! | `protocol::handler` | what a user of the worker implements ([`Handler`], [`Reply`]) and is given ([`Progress`]) |
//! | `protocol::server`, `protocol::tls` | the address of a gearmand ([`Server`]); which certificates it may show |
//! | `protocol::connection` | opens a connection to one gearmand: TCP, keepalive, TLS |
//! | `protocol::context` | the settings of a worker ([`WorkerConfig`]) and what its connections share |
//! | `protocol::session` | one connection at work: register, grab, sleep, answer, leave |
//! | `protocol::running_job`, `protocol::writer` | one job to its reply; queued packets to the socket |
//! | `protocol::worker` | [`work`]: all connections, one limit of jobs over all servers, reconnecting, draining |
//! | `forward::handler` | the [`Handler`]: calls the function until a call gives the job's reply |
//! | `forward::payload` | what clients put around a job's JSON |
//! | `forward::function_client` | the HTTP calls: submit a task, query an upload, try a token |
//! | `forward::call_result` | what a response means for the job: done, retry, in progress elsewhere, refused |
//! | `forward::function_trial` | what a response without a job says of the address and the token |
//! | `forward::function_gate` | whether the function is there and accepts the token: no job is taken unless both hold |
//! | `forward::reply` | the reply in the legacy worker's JSON |
//! | `forward::progress` | byte progress at a rate and in numbers that Gearman clients bear |
//! | `fuzzing` | behind the feature of that name: what the fuzzing targets call |
//! | [`metrics`] | counters and their Prometheus text |
//! | `health` | `/healthz` and `/metrics` |
//! | `ui::language`, `ui::help` | the language of what a person reads at the start; the help in Chinese |
//! | `ui::mistake`, `ui::report` | what is wrong with the command line, and what keeps the program from starting |
//!
//! Written against gearmand 1.1.20 and its PROTOCOL file. It has what the published worker crates lack: many jobs on one connection, a
//! limit over all servers, replies that survive stray ERROR packets, detection of a silent server, bounded payloads, draining.
//!
//! The metrics' text is our own, because `prometheus-client` would change the series that dashboards rely on: see [`metrics`].

mod config;
mod forward;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod health;
pub mod metrics;
mod protocol;
mod run;
mod start_error;
mod token_file;
mod ui;

pub use protocol::{
    context::WorkerConfig,
    handler::{Handler, Progress, Reply},
    job::Job,
    server::{ParseServerError, Server},
    worker::work,
};
pub use run::main;
/// Cancelled, it drains a worker: no new job is taken, running ones finish and are answered.
pub use tokio_util::sync::CancellationToken;
