//! The console over an application whose ledger is a folder, and the tests' own ledgers.

mod file_site;
mod files;
mod function;
mod function_details;
pub(crate) mod memory_store;
mod robots;
mod routes;
pub(crate) mod uploads;
