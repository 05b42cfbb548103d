//! What a person who operates the product asks.

mod callbacks;
mod cancel;
mod explain_object;
mod find_obstacle;
mod find_upload;
mod object_uploads;
mod request_error;
mod retry;
mod upload_details;
mod video_state;

pub use explain_object::{ObjectExplanation, ObjectVerdict};
pub use retry::Continuation;
pub(super) use retry::no_such_upload;
pub use upload_details::UploadDetails;
