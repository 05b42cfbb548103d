//! A video as Youku's API takes it.

use upload_core::{Error, ErrorKind, Md5, Video, metadata::VideoMetadata};
use youku::{Invalid, NewVideo};

/// Converts the core's video, for a file of this MD5.
///
/// # Errors
/// As [`to_metadata`].
pub(super) fn to_new_video(video: &Video, md5: Md5) -> Result<NewVideo, Error> {
    let metadata = to_metadata(video)?;
    Ok(NewVideo { file_name: video.file_name.clone(), file_size: video.size, file_md5: md5, metadata })
}

/// Converts the core's metadata.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob) where Youku's types lack a word of the core's. The words are the same on both sides, so only a
/// new one could.
pub(super) fn to_metadata(video: &Video) -> Result<youku::VideoMetadata, Error> {
    let VideoMetadata {
        title,
        tags,
        category,
        description,
        copyright_type,
        public_type,
        public_type_from: _,
        watch_password,
        thumbnail,
        latitude,
        longitude,
        shoot_time,
        deshake,
    } = video.metadata.clone();
    Ok(youku::VideoMetadata {
        title,
        tags,
        category,
        description,
        copyright_type: copyright_type
            .map(|word| word.as_str().parse())
            .transpose()
            .map_err(validation_error)?,
        public_type: public_type.map(|word| word.as_str().parse()).transpose().map_err(validation_error)?,
        watch_password,
        thumbnail,
        latitude,
        longitude,
        shoot_time,
        deshake,
    })
}

/// An error of what Youku takes no video with.
pub(super) fn validation_error(invalid: Invalid) -> Error {
    Error::new(ErrorKind::InvalidJob, "validate", invalid.to_string())
}
