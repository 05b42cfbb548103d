//! The local Function Compute: runs functions as processes of their own, as FC's custom runtimes do.
//!
//! What the real platform documents (protocol sheet fc.md) is done for real: start command, TCP probe, hooks, header
//! injection, limits, `x-fc-status`, time-outs that kill, the concurrency gate, freezing between calls, keep-alive
//! connections, asynchronous delivery with retries, HTTP triggers that stream, signed `InvokeFunction` calls, timers.
//!
//! Words for fault rules: `invoke` (one `InvokeFunction` call, over HTTP or in process), `http` (one HTTP trigger
//! request), `deliver` (one attempt of an asynchronous call), `initialize` and `pre-stop` (the hooks). On the last three
//! no caller's connection exists: `status` pretends that answer, `reset` and `drop_answer` lose it.
//!
//! Beside faults and link the API listener answers `GET /_sandbox/instances`, `GET /_sandbox/invocations` and
//! `GET /_sandbox/logs`.
//!
//! Not shown: CPU shares, memory limits, WebSocket, CORS headers, the forced download on default domains.

mod api;
mod config;
mod connection;
mod destination;
mod error;
mod function;
mod headers;
mod host;
mod http_trigger;
mod instance;
mod invoke;
mod logs;
mod passthrough;
mod platform;
mod process;
mod queue;
mod records;
mod scripted;
mod signature;
#[cfg(test)]
mod tests;
mod timer;

pub use config::{
    AsyncConfig, Destination, DisableInject, FcConfig, FunctionConfig, HealthCheck, HttpAuth, Runtime,
    StsCredentials, TimerConfig,
};
pub use function::InstanceView;
pub use host::{FcHost, Invoker};
pub use invoke::InvokeResult;
pub use logs::{LogLine, LogStream};
pub use records::{AsyncOutcome, AsyncRecord, AsyncState};
