//! Files that are dropped onto the page: spooled to a folder of this machine, then uploaded by the command line.

mod answer;
mod file;
mod free_space;
mod receive;
mod record;
mod routes;
mod runner;
mod spool;

pub use spool::{Spool, SpoolError};
pub(crate) use {
    file::FileId,
    receive::receive_file,
    routes::{announce_file, list_files, remove_file, upload_file},
    runner::Runner,
};
