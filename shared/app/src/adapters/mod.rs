//! The core's ports over the crates that open sockets and files.

pub(crate) mod accounts;
pub(crate) mod callbacks;
pub(crate) mod cause;
mod error_mapping;
pub(crate) mod http_clients;
pub mod ledger;
pub(crate) mod removed_account;
pub(crate) mod response_body;
pub(crate) mod robots;
pub(crate) mod source;
mod tls;
pub(crate) mod token_refresh;
pub(crate) mod upload_target;
pub(crate) mod user_lookup;
mod webhook_http;
pub(crate) mod youku_http;

pub(crate) use callbacks::receiver_host;
pub(crate) use error_mapping::{api_error, call_error, is_missing_bucket};
