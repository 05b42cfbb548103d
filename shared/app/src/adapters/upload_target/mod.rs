//! The Youku port: where the bytes go.

mod account;
mod bucket;
mod upload_server;

pub(crate) use account::{YoukuAccount, open_bucket};
