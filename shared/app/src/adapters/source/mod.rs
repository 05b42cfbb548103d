//! The source port: where objects are read.

mod open_store;
mod sources;
mod stated_md5;

pub(crate) use open_store::open_store;
pub(crate) use sources::{Sources, check_key};
