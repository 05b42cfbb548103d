//! The application: what one process keeps, and how it reaches accounts, objects and the ledger.

mod app;
mod known_records;
mod uploaders;

pub use app::App;
