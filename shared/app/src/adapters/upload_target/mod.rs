//! The Youku port: where the bytes go.

mod account;
mod bucket;
mod new_video;
mod upload_server;

pub(crate) use account::YoukuAccount;
