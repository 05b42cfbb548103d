//! What commands say of one upload.

use super::names::{describe_video, video_page};
use crate::ui::{
    details::{self, localize_list},
    i18n::{tr, tr_static},
    local_time,
    output::escape,
    shell_text::{quote_path, write_command},
};
use app::core::{PublishedVideo, UploadId, VideoState, ledger::Timestamp};
use std::{path::Path, time::Duration};

/// A published video, with what a person should know about it.
pub(crate) fn describe_published(source: &str, published: &PublishedVideo) -> String {
    describe_with_warning(source, published.video_id.as_deref(), published.warning.as_deref())
}

/// The video of `source`, with a warning in the library's words, which are those of the HTTP API too.
pub(crate) fn describe_with_warning(source: &str, video_id: Option<&str>, warning: Option<&str>) -> String {
    with_warning(describe_video_of(source, video_id), warning)
}

fn with_warning(line: String, warning: Option<&str>) -> String {
    match warning.map(localize_list) {
        Some(warning) => {
            let warning = escape(&warning);
            tr!("{line}\nattention    {warning}", "{line}\n注意  {warning}")
        }
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
    let source = escape(source);
    let video = describe_video(video_id);
    tr!("published    {video}  {source}", "已发布  {video}  {source}")
}

/// A video that an earlier run published, at `at` by the ledger where that is known.
pub(crate) fn describe_published_before(
    source: &str,
    published: &PublishedVideo,
    at: Option<Timestamp>,
) -> String {
    let (source, video) = (escape(source), describe_video(published.video_id.as_deref()));
    let at = at.map(local_time::format);
    let at = at.map(|at| tr!("  at {at}", "  于 {at}")).unwrap_or_default();
    let line = tr!("published before  {video}  {source}{at}", "此前已发布  {video}  {source}{at}");
    with_warning(line, published.warning.as_deref())
}

/// A retry that states something else than the upload was begun with; `fields` differ. It holds for the page's form too.
pub(crate) fn describe_begun_otherwise(fields: &[&str]) -> String {
    let (fields, again) = (fields.join(", "), name_again());
    tr!(
        "a retry publishes what the upload was begun with, and something else is stated now ({fields}): nothing was published. State the same \
         as then, or make another video: {again}",
        "重试会按上传开始时写明的内容发布，而这次写明的不同（{fields}）：没有发布任何内容。请写明与当时相同的内容，或另建一个视频：{again}"
    )
}

/// A plan for what was begun already: these fields are stated now, and not used.
pub(crate) fn describe_not_used(fields: &[&str]) -> String {
    let (fields, again) = (fields.join(", "), name_again());
    tr!(
        "it was begun already with other statements, so what is stated now is not used: {fields}; another video: {again}",
        "它此前已按不同的内容开始，因此这次写明的内容不会使用：{fields}；另建一个视频：{again}"
    )
}

/// The command that makes another video of the same bytes.
fn name_again() -> String {
    write_command(tr_static!("upload --again TEXT", "upload --again 文本"))
}

/// How to resume what a signal stopped.
pub(crate) fn describe_resume(unfinished: usize, all: usize, has_accepted: bool, ledger: &str) -> String {
    let kept = match has_accepted {
        true => tr_static!("What Youku has accepted is kept", "优酷已接收的部分会保留"),
        false => tr_static!("Youku has accepted nothing in this run", "本次运行中优酷尚未接收数据"),
    };
    tr!(
        "stopped: {unfinished} of {all} not finished. {kept}: run the same command again to resume, here or on another machine with the \
         same ledger ({ledger})",
        "已停止：{all} 个中有 {unfinished} 个未完成。{kept}：重新运行同一命令即可继续；换一台机器也可以，只要使用同一台账（{ledger}）"
    )
}

/// Another holder works on the upload.
pub(crate) fn describe_held_elsewhere(id: &UploadId) -> String {
    tr!(
        "waiting      another process is working on upload {id}; this one takes over if it stops",
        "等待  其他进程正在处理上传 {id}；若其停止则由本进程接手"
    )
}

/// What the upload of `source` waits for.
pub(crate) fn describe_waiting(source: &str, what: &str) -> String {
    let source = escape(source);
    tr!("waiting      {source}  {what}", "等待  {source}  {what}")
}

/// A file without its index that may still be written: it is waited for.
pub(crate) fn describe_unstable(path: &Path, left: Duration) -> String {
    let (path, seconds) = (escape(&path.display().to_string()).into_owned(), left.as_secs() + 1);
    tr!(
        "waiting      {path}  the file has no index yet and was written just now: it is judged in {seconds} s at the latest (--wait-stable)",
        "等待  {path}  文件还没有索引，且刚刚写入：最迟 {seconds} 秒后判断（--wait-stable）"
    )
}

/// A signal ended the wait for a video that is published.
pub(crate) fn describe_wait_stopped(source: &str, video_id: &str) -> String {
    let (source, page) = (escape(source), video_page(video_id));
    tr!(
        "stopped      waiting only: {source} is published as {video_id}  {page}",
        "已停止  仅停止等待：{source} 已发布为 {video_id}  {page}"
    )
}

/// A signal ended the wait for a function's answer.
pub(crate) fn describe_function_continues() -> &'static str {
    tr_static!(
        "stopped      waiting only: the function continues what it has begun",
        "已停止  仅停止等待：函数会继续已开始的工作"
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
    let why = details::describe(error).text;
    tr!("Youku did not return the video's state: {why}", "优酷未返回视频状态：{why}")
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

/// The answer of `retry` where there is a video; `now`: this retry published it.
pub(crate) fn describe_retry(now: bool, id: &UploadId, video_id: Option<&str>) -> String {
    let result = if now {
        tr_static!("published", "已发布")
    } else {
        tr_static!("was published before, nothing to try again:", "此前已发布，无需重试：")
    };
    format!("{id}  {result} {}", describe_video(video_id))
}

/// The answer of `retry` to the open upload of a local file, which nobody can resume without the file.
pub(crate) fn describe_open_file() -> &'static str {
    tr_static!(
        "it has not failed: its holder resumes it; if there is none, upload the file again",
        "它没有失败：持有者会继续处理；若没有持有者，请再次上传该文件"
    )
}

/// A file's upload cannot be retried without the file.
pub(crate) fn describe_missing_file(name: &str) -> String {
    let retry = write_command(tr_static!("upload --retry FILE", "upload --retry 文件"));
    tr!(
        "this upload is of the file {name} and can only be retried where the file is: {retry}",
        "这是本机文件 {name} 的上传，只能在有该文件的机器上重试：{retry}"
    )
}

/// An argument that names neither an upload nor an object, and no file.
pub(crate) fn describe_no_upload(text: &str) -> String {
    let text = escape(text);
    tr!(
        "there is no file {text}; name an upload by its id of 32 hexadecimal digits, an object as oss://bucket/key or s3://bucket/key, or \
         an existing file",
        "没有文件 {text}；请给出 32 位十六进制的上传编号、形如 oss://bucket/key 或 s3://bucket/key 的对象，或现有文件的路径"
    )
}

/// An argument that is a URL of something else than an object.
pub(crate) fn describe_no_object(text: &str) -> String {
    tr!(
        "{text} names no object: give it as oss://bucket/key or s3://bucket/key",
        "{text} 不是对象：请写成 oss://bucket/key 或 s3://bucket/key"
    )
}

/// A directory has many uploads.
pub(crate) fn describe_folder(text: &str) -> String {
    tr!("{text} is a directory: name one file in it", "{text} 是目录：请指定其中的一个文件")
}

/// A file of which the ledger has no upload.
pub(crate) fn describe_unknown_file(path: &str, md5: &str) -> String {
    let command = write_command(&format!("upload {}", quote_path(path)));
    tr!(
        "the ledger has no upload of file {path} with these bytes (MD5 {md5}): {command} starts it; a file that changed since, and another \
         account or ledger, have uploads of their own",
        "台账中没有文件 {path} 当前内容（MD5 {md5}）的上传：{command} 可开始上传；内容改动过的文件、其他账号或其他台账各有各的上传"
    )
}

/// An upload that the ledger does not have.
pub(crate) fn describe_unknown(upload: &str) -> String {
    let upload = escape(upload);
    tr!(
        "the ledger has no such upload: {upload} (an upload starts with an event, a task, a sweep or `upload`; \
         are these the right ledger and account?)",
        "台账中没有这个上传：{upload}（上传由事件、任务、巡检或 upload 命令开始；请确认设置中的台账和账号是否正确）"
    )
}
