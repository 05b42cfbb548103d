//! How texts name objects, files and videos.

use crate::ui::{
    i18n::{tr, tr_static},
    output::escape,
};
use app::core::Location;

/// An upload's object, or its file's name: the name and the MD5 identify a file, wherever it lies.
pub(crate) fn describe_object(location: &Location) -> String {
    if location.is_carried() {
        describe_file(&location.key)
    } else {
        escape(&location.to_string()).into_owned()
    }
}

/// A file of this machine, without its folder.
pub(crate) fn describe_file(name: &str) -> String {
    let name = escape(name);
    tr!("file {name}", "文件 {name}")
}

/// The page where the video can be watched.
pub(crate) fn video_page(video_id: &str) -> String {
    format!("https://v.youku.com/v_show/id_{video_id}.html")
}

/// A video's id and page; Youku may not have returned the id.
pub(crate) fn describe_video(video_id: Option<&str>) -> String {
    match video_id {
        Some(video_id) => format!("{video_id}  {}", video_page(video_id)),
        None => tr_static!("(Youku returned no video id)", "（优酷未返回视频编号）").into(),
    }
}
