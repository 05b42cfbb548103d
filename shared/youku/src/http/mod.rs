//! One call: what goes out, what comes back, and what a refusal means.

mod api_error;
mod decode;
mod form;
mod operation;
mod plain_word;
mod request;
mod response;

pub(crate) use decode::{
    check, next_slice, oss_session, slice_session, token_pair, upload_credentials, video_info,
};
pub(crate) use form::video_form;
pub(crate) use operation::Operation;
pub(crate) use request::{CALL_TIME, Fields, encode_fields, get, post_form, send};
pub(crate) use response::Response;
