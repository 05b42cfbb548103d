//! The file extensions of videos.

/// Extensions of the video containers that Youku accepts, in lower case, without a dot.
pub const VIDEO_EXTENSIONS: &[&str] = &[
    "wmv", "avi", "dat", "asf", "rm", "rmvb", "ram", "mpg", "mpeg", "3gp", "mov", "mp4", "m4v", "dvix", "dv",
    "mkv", "flv", "vob", "qt", "divx", "cpk", "fli", "flc", "mod",
];

/// Returns the extension of a key's last segment, if it is a video's and follows a non-empty name.
pub(super) fn video_extension(key: &str) -> Option<&str> {
    let name = key.rsplit('/').next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && is_video_extension(extension)).then_some(extension)
}

/// Whether Youku accepts this extension, in any case.
pub(super) fn is_video_extension(extension: &str) -> bool {
    VIDEO_EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}
