//! What a person who operates the product asks.

mod callbacks;
mod cancel;
mod find_upload;
mod request_error;
mod retry;
mod upload_details;
mod video_state;

pub use upload_details::UploadDetails;
