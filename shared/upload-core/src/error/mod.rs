//! What went wrong, who can fix it, and whether a retry helps.

mod details;
mod kind;
mod sentence;
mod upload_error;

pub use details::{ClaimRefusal, Error, ErrorDetails};
pub use error::RetryAdvice;
pub use kind::ErrorKind;
pub use upload_error::UploadError;
pub(crate) use upload_error::{LAST_ERROR, is_sidecar_decided, is_youku_refusal};
