//! Settings of the host and its functions.

pub(crate) mod asynchronous;
pub(crate) mod credentials;
pub(crate) mod function;
pub(crate) mod health_check;
pub(crate) mod host;
pub(crate) mod runtime;
pub(crate) mod triggers;
mod validate;

pub use asynchronous::{AsyncConfig, Destination};
pub use credentials::{DisableInject, StsCredentials};
pub use function::FunctionConfig;
pub use health_check::HealthCheck;
pub use host::FcConfig;
pub use runtime::Runtime;
pub use triggers::{HttpAuth, TimerConfig};
