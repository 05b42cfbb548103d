//! Paths of the endpoints about one video.

use percent_encoding::percent_decode_str;

/// The id in `videos/{id}{page}`.
pub(crate) fn parse_video_path(path: &str, page: &str) -> Option<String> {
    let id = path.strip_prefix("videos/")?.strip_suffix(page)?;
    Some(percent_decode_str(id).decode_utf8_lossy().into_owned())
}
