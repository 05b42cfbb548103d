//! Who sends a request, whether the signature is theirs, and what the key may do.

pub(crate) mod access_key;
pub(crate) mod authenticate;
mod canonical;
mod checks;
pub(crate) mod keyring;
pub(crate) mod policy;
mod requested_access;
mod signature;
pub(crate) mod sigv4;
mod subresources;
#[cfg(test)]
mod tests;
mod v1;
mod v4;
mod v4_fields;
mod wildcard;

pub use access_key::{AccessKey, Grant};
pub use policy::{Effect, Policy, Statement};
