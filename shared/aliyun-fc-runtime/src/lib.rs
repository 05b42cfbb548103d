//! Write functions for Aliyun (Alibaba Cloud) Function Compute in Rust.
//!
//! On a *custom runtime* the platform starts a program, `bootstrap`, and sends it every call over HTTP/1.1. This crate
//! is the HTTP server in between: a function is an `async fn` that takes an [`FcEvent`] and returns any value that serde
//! can write. Users of `lambda_runtime` find the same names for the same things.
//!
//! | module | its job |
//! |---|---|
//! | `runtime` | [`run`], [`run_http`] and [`Runtime`]: puts the pieces together |
//! | `server` | connections of the platform |
//! | `dispatcher`, `route` | one request: its kind, and who handles it |
//! | `handler` | a user's handler as a service from bytes to bytes |
//! | `hooks` | initializer and pre-stop |
//! | [`layers`] | tower layers around a handler: panics, spans |
//! | `fc_event`, `context`, `credentials` | [`FcEvent`] and [`Context`]: a call as the handler sees it |
//! | `payload`, `function_response`, `raw` | [`FromPayload`], [`IntoFunctionResponse`], [`Raw`] |
//! | `diagnostic`, `error` | [`Diagnostic`] and [`Error`]: failed calls |
//! | `response`, `body` | HTTP responses in the platform's form; [`Body`] |
//! | `environment`, `variables`, `headers` | what the platform says by variables and headers |
//! | `log`, `default_subscriber`, `tracing` | logging, behind the features `tracing` and `subscriber` |
//!
//! ```no_run
//! use aliyun_fc_runtime::{Error, FcEvent, run, service_fn};
//! use serde_json::{Value, json};
//!
//! async fn greet(event: FcEvent<Value>) -> Result<Value, Error> {
//!     let name = event.payload["name"].as_str().unwrap_or("world");
//!     Ok(json!({ "greeting": format!("Hello, {name}!"), "request": event.context.request_id() }))
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Error> {
//!     run(service_fn(greet)).await
//! }
//! ```
//!
//! # What a handler takes and returns
//! * The payload is any type that serde can read, or a [`Raw`] for the bytes as they came. The crate `aliyun-fc-events`
//!   has types for the events of OSS and timer triggers.
//! * The response is any type that serde can write, or [`Raw`].
//! * The error is any type that converts into a [`Diagnostic`]: [`Error`], which takes every standard error by `?`, or a
//!   type of your own with its own `From`. The call then counts as failed, and the platform retries an asynchronous one.
//! * The [`Context`] knows the request id, the credentials of the function's role and the deadline.
//!
//! A handler is a [`tower::Service`]; an instance may get up to 200 calls at once, so the runtime clones it for each.
//! When the platform abandons a call and closes its connection, the runtime drops the handler's future.
//!
//! # For users of `lambda_runtime`
//! | there | here |
//! |---|---|
//! | `run`, `service_fn`, `Service`, `tower`, `Runtime::new(..).layer(..).run()`, `Error` | the same |
//! | `LambdaEvent<T>` | [`FcEvent<T>`](FcEvent), with the same fields and methods |
//! | `Context` | [`Context`]; its values are methods |
//! | `Diagnostic` and the conversions into it | the same, and it displays itself and is an error |
//! | `IntoFunctionResponse` | [`IntoFunctionResponse`]; a response is bytes, since an event call streams none |
//! | `layers::TracingLayer`, `tracing::init_default_subscriber` | the same, behind the features `tracing` and `subscriber` |
//! | `lambda_http::run` | [`run_http`] |
//! | `spawn_graceful_shutdown_handler` | [`Runtime::pre_stop`] |
//!
//! # HTTP triggers, hooks, layers
//! [`run_http`] serves a web function: an axum router, or any other tower service. One function may have both kinds of
//! trigger, and hooks for the beginning and the end of its instance:
//!
//! ```no_run
//! use aliyun_fc_runtime::{Context, Error, FcEvent, Runtime, service_fn};
//! use axum::{Router, routing::get};
//! use serde_json::Value;
//!
//! async fn on_event(event: FcEvent<Value>) -> Result<(), Error> {
//!     println!("called with {}", event.payload);
//!     Ok(())
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Error> {
//!     Runtime::new(service_fn(on_event))
//!         .http(Router::new().route("/", get(|| async { "hello" })))
//!         .initializer(|_: Context| async { Ok::<_, Error>(()) })
//!         .pre_stop(|_: Context| async { Ok::<_, Error>(()) })
//!         .run()
//!         .await
//! }
//! ```
//!
//! # Features
//! Both are off by default. `tracing` logs failed calls, adds `layers::TracingLayer` and the module `tracing`; [`run`]
//! then opens a span with the request id around every call. `subscriber` also adds `tracing::init_default_subscriber`.
//!
//! # Where the facts come from
//! Items that rest on a fact of the platform name its source: a page of the documentation of Function Compute 3.0, by
//! the title it has there, translated:
//!
//! | named here | title | what it is about |
//! |---|---|---|
//! | principles | 基本原理 (custom runtime) | start command, address and port, connections that stay open |
//! | context | 上下文及日志格式 | headers that come with each call, kinds of calls |
//! | web functions | Web函数 | HTTP calls, streaming, `x-fc-status`, limits of headers |
//! | environment variables | 配置环境变量 | what the platform sets, what it reserves |
//! | lifecycle hooks | 函数实例生命周期回调 | initializer and pre-stop |
//! | error handling | 错误处理 | the error document |
//! | asynchronous calls | 异步调用 | retries, age, destinations |
//! | instance concurrency | 配置单实例并发度 | up to 200 calls at once |
//! | limits | 配额与使用限制 | sizes and times |
//!
//! "Recorded" marks a fact that a public recording of real requests shows and no page states. Where the two differ, both
//! are accepted. All `x-fc-*` headers are treated as optional.

mod body;
mod context;
mod credentials;
#[cfg(feature = "subscriber")]
mod default_subscriber;
mod diagnostic;
mod dispatcher;
mod environment;
mod error;
mod fc_event;
mod function_response;
mod handler;
mod headers;
mod hooks;
pub mod layers;
mod log;
mod payload;
mod raw;
mod response;
mod route;
mod runtime;
mod server;
#[cfg(feature = "tracing")]
pub mod tracing;
mod variables;

pub use body::Body;
pub use context::Context;
pub use credentials::Credentials;
pub use diagnostic::Diagnostic;
pub use error::Error;
pub use fc_event::FcEvent;
pub use function_response::IntoFunctionResponse;
pub use payload::{FromPayload, MAX_PAYLOAD};
pub use raw::Raw;
pub use runtime::{Runtime, run, run_http};
pub use tower::{self, Layer, Service, service_fn};

/// The README's examples are compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
