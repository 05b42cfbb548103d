//! Small [tower] layers around a handler, each in a file of its own.
//!
//! The service that [`Runtime::layer`](crate::Runtime::layer) wraps takes an `FcEvent<Bytes>`, returns `Bytes` and fails
//! with a [`Diagnostic`](crate::Diagnostic).

pub(crate) mod catch_panic;
#[cfg(feature = "tracing")]
mod trace;

#[cfg(feature = "tracing")]
pub use trace::{TracingLayer, TracingService};
