//! What commands say of one upload.

use super::names::describe_video;
use crate::ui::i18n::{tr, tr_static};
use app::core::{PublishedVideo, UploadId, VideoState};

/// A published video, with what a person should know about it.
pub(crate) fn describe_published(source: &str, published: &PublishedVideo) -> String {
    let line = describe_video_of(source, published.video_id.as_deref());
    match &published.warning {
        Some(warning) => tr!("{line}\nattention    {warning}", "{line}\n注意  {warning}"),
        None => line,
    }
}

/// A title that has less of the file's name than the name is long.
pub(crate) fn describe_title_cut() -> String {
    tr!(
        "the file's name is cut in the title, which has at most 60 characters: see --title",
        "标题最多 60 个字符，其中的文件名已截短：参见 --title"
    )
}

/// The video of `source`.
pub(crate) fn describe_video_of(source: &str, video_id: Option<&str>) -> String {
    let video = describe_video(video_id);
    tr!("published    {video}  {source}", "已发布  {video}  {source}")
}

/// How to resume what a signal stopped.
pub(crate) fn describe_resume(unfinished: usize, all: usize, ledger: &str) -> String {
    tr!(
        "stopped: {unfinished} of {all} not finished. What Youku has accepted is kept: run the same command again to resume, here or on \
         another machine with the same ledger ({ledger})",
        "已停止：{all} 个中有 {unfinished} 个未完成。优酷已接收的部分会保留：重新运行同一命令即可继续；换一台机器也可以，只要使用同一台账（{ledger}）"
    )
}

/// Another holder works on the upload.
pub(crate) fn describe_held_elsewhere(id: &UploadId) -> String {
    tr!(
        "waiting      another process is working on upload {id}; this one takes over if it goes silent",
        "等待  其他进程正在处理上传 {id}；若其失联则由本进程接手"
    )
}

/// `--wait` needs a video id.
pub(crate) fn describe_unknown_video() -> String {
    tr!(
        "Youku returned no video id, so its state cannot be queried: check it on Youku",
        "优酷未返回视频编号，无法查询状态：请到优酷查看"
    )
}

/// Youku did not answer what state the video is in.
pub(crate) fn describe_unknown_state(error: &app::core::Error) -> String {
    tr!("Youku did not return the video's state: {error}", "优酷未返回视频状态：{error}")
}

/// A video that can be watched.
pub(crate) fn describe_playable(video_id: &str, state: VideoState) -> String {
    match state {
        VideoState::Limited => {
            tr!("limited      {video_id}  not visible to everybody", "受限  {video_id}  并非所有人可见")
        }
        _ => tr!("playable     {video_id}", "可播放  {video_id}"),
    }
}

/// Youku did not keep the video.
pub(crate) fn describe_rejected() -> String {
    tr!(
        "the video reached Youku, which could not transcode it, did not accept it or took it down: check it on Youku",
        "视频已上传到优酷，但转码失败、审核未通过或已被下架：请到优酷查看"
    )
}

/// A video that cannot be watched in the time that `--wait` has.
pub(crate) fn describe_not_playable(state: Option<VideoState>) -> String {
    match state {
        Some(VideoState::InReview) => {
            tr!(
                "the video is published and still in review: check again later",
                "视频已发布，仍在审核中：请稍后再看"
            )
        }
        _ => tr!(
            "the video is published and cannot be watched yet: check again later",
            "视频已发布，尚不能播放：请稍后再看"
        ),
    }
}

/// The answer of `cancel`.
pub(crate) fn describe_cancelled(id: &UploadId) -> String {
    tr!("{id}  cancelled: it will not be resumed", "{id}  已取消：不会再继续")
}

/// The answer of `replay-callback`.
pub(crate) fn describe_replay(id: &UploadId, accepted: bool, code: &str) -> String {
    if accepted {
        tr!("{id}  the callback accepted it: {code}", "{id}  回调已接收：{code}")
    } else {
        tr!("{id}  the callback did not accept it: {code}", "{id}  回调未接收：{code}")
    }
}

/// The answer of `retry` where there is a video; `now`: this retry published it.
pub(crate) fn describe_retry(now: bool, id: &UploadId, video_id: Option<&str>) -> String {
    let result = if now {
        tr_static!("published", "已发布")
    } else {
        tr_static!("was published before, nothing to try again:", "此前已发布，无需重试：")
    };
    format!("{id}  {result} {}", describe_video(video_id))
}

/// The answer of `retry` to an upload that has not failed.
pub(crate) fn describe_still_open() -> &'static str {
    tr_static!(
        "it has not failed: its holder, or the next event or sweep, resumes it",
        "它没有失败：持有者、下一个事件或下一次清扫会继续处理"
    )
}

/// A file's upload cannot be retried without the file.
pub(crate) fn describe_missing_file(name: &str) -> String {
    tr!(
        "this upload is of the file {name} and can only be retried where the file is: oss2youku upload --retry FILE",
        "这是本机文件 {name} 的上传，只能在有该文件的机器上重试：oss2youku upload --retry FILE"
    )
}

/// An argument that names no upload.
pub(crate) fn describe_no_upload(text: &str) -> String {
    tr!(
        "{text} names no upload: give its id of 32 hexadecimal digits, an object as oss://bucket/key or s3://bucket/key, or the path of an \
         existing file",
        "{text} 不能确定上传：请给出 32 位十六进制的上传编号、形如 oss://bucket/key 或 s3://bucket/key 的对象，或现有文件的路径"
    )
}

/// An upload that the ledger does not have.
pub(crate) fn describe_unknown(upload: &str) -> String {
    tr!(
        "the ledger has no such upload: {upload} (an upload starts with an event, a task, a sweep or `upload`; \
         are these the right ledger and account?)",
        "台账中没有这个上传：{upload}（上传由事件、任务、清扫或 upload 命令开始；请确认设置中的台账和账号是否正确）"
    )
}
