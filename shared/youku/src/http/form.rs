//! A video as the parameters of `create`.

use crate::{
    new_video::NewVideo,
    types::{Md5, PublicType},
};

/// Lists the parameters that describe `video`, whose file has this MD5, without the account's.
pub(crate) fn video_form(video: &NewVideo, file_md5: Md5) -> Vec<(&'static str, String)> {
    let metadata = video.metadata();
    let is_locked = metadata.public_type == Some(PublicType::Password);
    let mut form = vec![
        ("file_name", video.file_name().to_owned()),
        ("file_size", video.file_size().to_string()),
        ("file_md5", file_md5.to_string()),
    ];
    form.extend(metadata.to_parameters());
    form.retain(|(name, _)| *name != "watch_password" || is_locked);
    form
}
