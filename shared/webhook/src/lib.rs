//! Callbacks: one signed POST to a URL that a caller named, behind a guard that keeps it out of private networks.
//!
//! | module | its job |
//! |---|---|
//! | `client` | [`Client`]: one attempt at a delivery |
//! | `config` | [`Config`], [`GuardConfig`]: what a client needs to know before its first attempt |
//! | `check` | whether settings make a client, and may reach a URL |
//! | `error` | [`ErrorKind`], and what a receiver's status means |
//! | `guard` | which URLs and addresses callbacks may reach: `policy`, `refusal`, `address` (the tables), `resolver` |
//! | `sign` | signatures by Standard Webhooks |
//! | `transport` | [`Transport`]: what sends a request, to addresses that the guard has let pass |
//! | `types` | [`Callback`], [`Delivered`], [`Answer`] |
//!
//! [`Client::exchange`] posts to a server that says in its answer's body what became of it, as robots of group chats do.
//!
//! [`Client::deliver`] makes one attempt; the error's [`RetryAdvice`] says whether another can help, and the keeper of the upload's record
//! makes it. With secrets in the [`Config`] a receiver can check each request as Standard Webhooks describes.
//!
//! What is ours here although libraries offer it: the signature (thirty lines, while the specification's own crate has been still since
//! 2024) and the [guard](GuardConfig), for which no maintained crate exists.

mod check;
mod client;
mod config;
mod error;
mod guard;
mod sign;
#[cfg(test)]
mod testing;
mod transport;
mod types;

pub use self::error::{Details, Error, ErrorKind};
pub use ::error::{BoxError, RetryAdvice};
pub use client::Client;
pub use config::{Allowance, Config, GuardConfig};
pub use ipnet::IpNet;
pub use transport::{AnswerBody, Transport};
pub use types::{Answer, Callback, Delivered};
