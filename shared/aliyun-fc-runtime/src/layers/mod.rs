//! Small [tower] layers round a handler, each in a file of its own.
//!
//! The service that [`Runtime::layer`](crate::Runtime::layer) wraps takes an `Event<Bytes>`, answers `Bytes` and fails
//! with a [`Diagnostic`](crate::Diagnostic).

pub(crate) mod catch_panic;
#[cfg(feature = "tracing")]
mod trace;

pub use catch_panic::{CatchPanic, CatchPanicLayer};
#[cfg(feature = "tracing")]
pub use trace::{Trace, TraceLayer};
