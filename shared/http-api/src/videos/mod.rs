//! Videos that are there: listed, shown, changed, hidden, made public at an hour.

mod change;
mod list;
mod show;

pub(crate) use change::{hide_video, schedule_video, update_video};
pub(crate) use list::list_videos;
pub(crate) use show::show_video;
