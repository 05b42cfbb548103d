//! What `dev` says of uploads: one line for each.

use super::{
    callback::{describe_cause, describe_failed},
    errors::{describe_app, find_way_out},
    names::describe_object,
    wait_reason,
};
use crate::ui::{
    i18n::{tr, tr_static},
    output::escape,
};
use app::{
    UploadDetails,
    core::{
        Error, ErrorKind,
        ledger::{Record, State},
        rules::VIDEO_EXTENSIONS,
    },
};

/// How an upload ended, and how long it took; `None` where it has not ended.
pub(crate) fn describe_ended(details: &UploadDetails) -> Option<String> {
    let record = &details.record;
    let (object, seconds) = (describe(record), count_seconds(record)?);
    if let Some(failure) = &record.failure {
        let (text, code) = (describe_error(&failure.text, &failure.code), &failure.code);
        return Some(tr!(
            "{object} -> failed, {seconds} s: {text} [{code}]",
            "{object} -> 失败，{seconds} 秒：{text} [{code}]"
        ));
    }
    if record.state == State::Cancelled {
        return Some(tr!("{object} -> cancelled, {seconds} s", "{object} -> 已取消，{seconds} 秒"));
    }
    let video = describe_video(record.video_id.as_deref());
    Some(tr!("{object} -> {video}  published, {seconds} s", "{object} -> {video}  已发布，{seconds} 秒"))
}

/// What an upload waits for; `None` where it does not wait.
pub(crate) fn describe_waiting(record: &Record) -> Option<String> {
    let why = wait_reason::describe(record.waiting?.reason);
    let object = describe(record);
    Some(tr!("{object} -> waiting: {why}", "{object} -> 等待：{why}"))
}

/// How its callback ended; `None` where it has not.
pub(crate) fn describe_callback(record: &Record) -> Option<String> {
    let object = describe(record);
    if let Some(code) = record.failed_callback() {
        let how = describe_failed(code);
        return Some(tr!("{object} -> callback {how}", "{object} -> 回调{how}"));
    }
    let code = escape(record.notified.as_deref()?);
    Some(tr!("{object} -> callback answered {code}", "{object} -> 回调应答 {code}"))
}

/// A callback that could not be delivered, and is sent again; `code` is that of the last attempt.
pub(crate) fn describe_undelivered(record: &Record, code: &str) -> String {
    let (object, cause) = (describe(record), describe_cause(code));
    tr!(
        "{object} -> callback not delivered yet, the sweep sends it again: {cause}",
        "{object} -> 回调尚未送达，由巡检重发：{cause}"
    )
}

/// An event of an object that is a video already.
pub(crate) fn describe_repeated(record: &Record) -> String {
    let (object, video) = (describe(record), describe_video(record.video_id.as_deref()));
    tr!("{object} -> {video}  published before", "{object} -> {video}  此前已发布")
}

/// An object that is left alone, for the reason of this code.
pub(crate) fn describe_skipped(object: &str, code: &str, is_legacy: bool) -> String {
    let why = describe_skip_reason(code, is_legacy);
    let object = escape(object);
    tr!("{object} -> skipped: {why} [{code}]", "{object} -> 跳过：{why} [{code}]")
}

/// Why an object is left alone, by the code of the reason.
pub(crate) fn describe_skip_reason(code: &str, is_legacy: bool) -> &'static str {
    match code {
        "own_prefix" if is_legacy => tr_static!("left to a job of the legacy worker", "留给旧 worker 的任务"),
        "own_prefix" => {
            tr_static!("below a reserved prefix (reserved.prefixes)", "位于保留前缀之下（reserved.prefixes）")
        }
        "not_a_video" => tr_static!("not a video by its extension", "扩展名不是视频"),
        "no_rule" => tr_static!("no rule matches it", "没有匹配的规则"),
        "junk" => tr_static!("left behind by a system", "系统遗留的文件"),
        "empty_object" => tr_static!("empty", "空文件"),
        "paused" => tr_static!("automatic uploads are paused", "自动上传已暂停"),
        "same_content" => tr_static!("the same content is published already", "相同内容已发布"),
        _ => tr_static!("left alone", "不处理"),
    }
}

/// What a person can do about a file that the function did not publish, by the code of the reason.
pub(crate) fn advise_unpublished(code: &str) -> Option<String> {
    if code == "not_a_video" {
        let known = VIDEO_EXTENSIONS.join(", ");
        return Some(tr!(
            "name a file that is a video by its extension: {known}",
            "请指定扩展名为视频的文件：{known}"
        ));
    }
    find_way_out(&Error::new(ErrorKind::from_code(code)?, "event", ""))
}

/// An object for which no upload began, or an event that could not be handled.
pub(crate) fn describe_refused(object: &str, message: &str, code: &str) -> String {
    let (object, message) = (escape(object), describe_error(message, code));
    tr!("{object} -> failed: {message} [{code}]", "{object} -> 失败：{message} [{code}]")
}

/// A failure in the language in use, as far as its code says what kind it is.
fn describe_error(text: &str, code: &str) -> String {
    match ErrorKind::from_code(code) {
        Some(kind) => describe_app(&Error::new(kind, "upload", text.to_owned())),
        None => escape(text).into_owned(),
    }
}

fn describe(record: &Record) -> String {
    describe_object(&record.request.location)
}

fn describe_video(video_id: Option<&str>) -> &str {
    video_id.unwrap_or(tr_static!("(no video id)", "（无视频编号）"))
}

/// Seconds from the first step to the one that ended it.
fn count_seconds(record: &Record) -> Option<String> {
    let ended = record.end()?.at.get();
    let took = ended.duration_since(record.history.first()?.at.get()).unwrap_or_default();
    Some(format!("{:.1}", took.as_secs_f64()))
}
