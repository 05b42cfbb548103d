//! Logging: the crate `tracing`, and a subscriber that suits the platform.
//!
//! Everything of the crate `tracing` is here, so that a function needs no dependency of its own:
//!
//! ```
//! use aliyun_fc_runtime::tracing;
//!
//! tracing::info!(key = "films/1.mp4", "an object arrived");
//! ```

pub use ::tracing::*;

#[cfg(feature = "subscriber")]
pub use ::tracing_subscriber as subscriber;

#[cfg(feature = "subscriber")]
pub use crate::default_subscriber::{init_default_subscriber, init_default_subscriber_with_writer};
