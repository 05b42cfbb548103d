//! A local folder instead of a bucket.

pub(crate) mod etag;
pub(crate) mod folder;
pub(crate) mod folder_body;
