//! Tasks: what a caller asks in JSON, in the modern or the legacy form, as a job of the core.

mod account;
mod caller_account;
mod decode;
mod field_error;
mod force_nonce;
mod legacy;
mod legacy_section;
mod modern;
mod object_location;
pub(crate) mod strict_json;
mod task;

pub use caller_account::CallerAccount;
pub use field_error::requested_key;
pub use object_location::object_location;
pub use task::{Task, UnverifiedToken};

pub(crate) use account::{AMBIGUOUS, TOKEN_FIELD};
pub(crate) use field_error::field_error;
