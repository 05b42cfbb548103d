//! What went wrong, who can do something about it, and whether trying again helps.

mod details;
mod kind;
mod sentence;
mod upload_error;

pub use details::{Error, ErrorDetails, NotTaken};
pub use error::RetryAdvice;
pub use kind::ErrorKind;
pub(crate) use upload_error::LAST_ERROR;
pub use upload_error::UploadError;
