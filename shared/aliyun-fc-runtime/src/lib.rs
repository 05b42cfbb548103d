//! Write functions for Aliyun (Alibaba Cloud) Function Compute in Rust.
//!
//! On a *custom runtime* the platform starts a program, `bootstrap`, and sends it every call over HTTP/1.1. This crate
//! is the HTTP server in between: a function is an `async fn` that takes an [`Event`] and returns what serde can
//! write. Those who know `lambda_runtime` will feel at home.
//!
//! ```no_run
//! use aliyun_fc_runtime::{Error, Event, run, service_fn};
//! use serde_json::{Value, json};
//!
//! async fn greet(event: Event<Value>) -> Result<Value, Error> {
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
//! # What a handler takes and gives
//! * The payload is any type that serde can read, a [`Raw`] for the bytes as they came, or one of the [`events`].
//! * The answer is any type that serde can write, or [`Raw`].
//! * The error is anything that displays itself, or a [`Diagnostic`] that names its own type. The call is then
//!   reported as failed, which is what makes the platform retry an asynchronous one.
//! * The [`Context`] knows the request id, the credentials of the function's role and the deadline.
//!
//! A handler is a [`tower::Service`]; the instance may be given up to 200 calls at once, so it is cloned for each.
//! When the platform abandons a call and closes its connection, the handler's future is dropped.
//!
//! # HTTP triggers, hooks, layers
//! [`run_http`] serves a web function: an axum router, or any other tower service. One function may have both kinds of
//! trigger, and hooks for the beginning and the end of its instance:
//!
//! ```no_run
//! use aliyun_fc_runtime::{Context, Error, Event, Runtime, events::TriggerEvent, service_fn};
//! use axum::{Router, routing::get};
//!
//! async fn on_event(event: Event<TriggerEvent>) -> Result<(), Error> {
//!     match event.payload {
//!         TriggerEvent::Oss(events) => println!("{} objects", events.records.len()),
//!         TriggerEvent::Timer(tick) => println!("{} fired", tick.trigger_name),
//!         other => println!("something else: {other:?}"),
//!     }
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
//! `tracing` (off by default) logs failed calls and adds `layers::TraceLayer`; [`run`] then opens a span with the
//! request id round every call.
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
//! | OSS triggers | 配置原生OSS触发器, 配置EventBridge类别的OSS触发器 | events of a bucket |
//!
//! "Recorded" is what a public recording of real requests shows and no page says. Where the two differ, both are
//! accepted. All `x-fc-*` headers are treated as optional.

mod body;
mod context;
mod credentials;
mod diagnostic;
mod dispatch;
mod environment;
mod event;
pub mod events;
mod handler;
mod hooks;
pub mod layers;
mod log;
mod payload;
mod response;
mod route;
mod runtime;
mod server;

pub use body::Body;
pub use context::Context;
pub use credentials::Credentials;
pub use diagnostic::Diagnostic;
pub use event::Event;
pub use handler::{HandlerService, NoEventHandler};
pub use payload::{FromPayload, IntoPayload, MAX_PAYLOAD, Raw};
pub use runtime::{Runtime, run, run_http};
pub use tower::{self, Layer, Service, service_fn};

/// Any error: what `main` and most handlers return.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The README's examples are compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
