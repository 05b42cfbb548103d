//! Uploads as the page lists them.

mod change_log;
mod query;
mod row;
mod state;
mod table;
mod word;

pub(crate) use query::{Page, RowQuery};
pub(crate) use row::{Activity, Row};
pub(crate) use state::RowState;
pub(crate) use table::{Reading, Table};
pub(crate) use word::Word;
