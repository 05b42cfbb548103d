//! The guard against requests into networks that callers must not reach through us (SSRF).
//!
//! The URL's form is judged first; an address in it at once, a name when it has been resolved: every address of the answer must pass, and
//! the connection is made to these very addresses.

mod address;
mod policy;
mod refusal;
mod resolver;

pub(crate) use policy::Guard;
pub(crate) use refusal::Refusal;
pub(crate) use resolver::{Resolve, SystemResolver};
