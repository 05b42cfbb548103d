//! The application: what one process keeps, and how it reaches accounts, objects and the ledger.

mod app;
mod uploaders;

pub use app::App;
