//! The operations, one family a file.

mod announce;
mod append;
mod attributes;
pub(crate) mod body;
mod bucket;
mod copy;
mod delete;
mod listing;
mod multipart;
mod multipart_lists;
mod parameters;
mod policy;
mod put;
mod read;
mod replies;
mod symlink;
