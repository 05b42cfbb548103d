//! Callbacks: one signed POST to a URL that a caller named, behind a guard that keeps it out of private networks.
//!
//! [`Client::deliver`] makes one attempt; [`Error::verdict`] says whether another can help, and whoever keeps the upload's record makes
//! it. With secrets in the [`Config`] a receiver can check each request as Standard Webhooks describes.
//!
//! What is ours here although libraries offer it: the signature (thirty lines, while the specification's own crate has been still since
//! 2024) and the [guard](GuardConfig), for which no maintained crate exists.

mod client;
mod config;
mod error;
mod guard;
mod sign;
#[cfg(test)]
mod testing;
mod types;

pub use client::Client;
pub use config::{Allowance, Config, GuardConfig};
pub use error::{Error, ErrorKind, Verdict};
pub use ipnet::IpNet;
pub use types::{Callback, Delivered};
