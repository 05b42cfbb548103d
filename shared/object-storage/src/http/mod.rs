//! A bucket over HTTP.

pub(crate) mod address;
mod bucket_settings;
pub(crate) mod endpoint;
mod error_response;
mod headers;
pub(crate) mod http_client;
mod lifecycle;
mod listing;
mod multipart;
mod objects;
mod other_writes;
mod pinned;
mod range;
pub(crate) mod remote;
mod request;
mod resign;
pub(crate) mod signing;
mod spare_connections;
mod store_request;
mod write_options;
mod xml;
