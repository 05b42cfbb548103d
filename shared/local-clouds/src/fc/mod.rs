#![doc = include_str!("README.md")]

mod api;
mod call_registry;
mod canonical;
mod command;
pub(crate) mod config;
mod connection;
mod context;
mod credential;
mod delivery;
mod destination;
mod error;
mod event;
mod forward;
mod function;
mod headers;
mod health;
pub(crate) mod host;
mod http_trigger;
mod ids;
mod instance;
mod instance_log;
mod instance_request;
mod instance_view;
mod invoke;
mod invoke_result;
pub(crate) mod invoker;
mod lease;
mod lock;
mod log_pipe;
mod logs;
mod passthrough;
mod platform;
mod port;
mod prepare;
mod process;
mod queue;
mod records;
mod scripted;
mod signature;
mod timer;
mod work;

pub use config::{
    AsyncConfig, Destination, DisableInject, FcConfig, FunctionConfig, HealthCheck, HttpAuth, Runtime,
    StsCredentials, TimerConfig,
};
pub use host::FcHost;
pub use instance_view::InstanceView;
pub use invoke_result::InvokeResult;
pub use invoker::Invoker;
pub use logs::{LogLine, LogStream};
pub use records::{AsyncOutcome, AsyncRecord, AsyncState};
