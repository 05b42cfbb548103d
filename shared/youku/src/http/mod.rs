//! One call: what goes out, what comes back, and what a refusal means.

mod api_error;
pub(crate) mod decode;
pub(crate) mod form;
pub(crate) mod operation;
mod plain_word;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod transport;
