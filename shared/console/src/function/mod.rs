//! A deployed function in place of a ledger: its HTTP API says what its ledger has.

mod client;
mod details;
mod forward;
mod listed;
mod reader;

pub use client::Function;
pub(crate) use {details::show_function_details, forward::function_routes, reader::FunctionReader};
