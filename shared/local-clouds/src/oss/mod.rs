#![doc = include_str!("README.md")]

mod account;
pub(crate) mod auth;
mod conditions;
pub(crate) mod config;
mod contents;
mod decode;
mod encode;
mod error;
mod event;
#[cfg(feature = "bench")]
mod generate;
#[cfg(feature = "bench")]
mod generated;
mod headers;
mod identity;
mod inspect;
mod operation;
mod operations;
mod owner;
mod query;
pub(crate) mod range;
mod reply;
mod request;
mod s3;
pub(crate) mod server;
mod service;
mod store;
pub(crate) mod subscription;
mod subscriptions;
mod switches;
mod target;
mod xml;

pub use auth::{AccessKey, Effect, Grant, Policy, Statement};
pub use config::OssConfig;
#[cfg(feature = "bench")]
pub use generated::{Generated, GeneratedMd5};
pub use server::Oss;
pub use store::{MetadataValue, ObjectKind, ObjectRecord, Quirk};
pub use subscription::Subscription;
pub use switches::OssSwitches;
