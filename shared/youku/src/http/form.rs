//! A video as the parameters of `create`.

use crate::{new_video::NewVideo, types::Md5};

/// Lists the parameters that describe `video`, whose file has this MD5 if one is stated, without the account's.
pub(crate) fn video_form(video: &NewVideo, file_md5: Option<Md5>) -> Vec<(&'static str, String)> {
    let metadata = video.metadata();
    let mut form =
        vec![("file_name", video.file_name().to_owned()), ("file_size", video.file_size().to_string())];
    form.extend(file_md5.map(|md5| ("file_md5", md5.to_string())));
    form.extend(metadata.to_parameters());
    form
}
