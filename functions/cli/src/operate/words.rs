//! What these commands say.

mod record;
mod troubles;
mod waits;

pub(crate) use record::{advice, audience, count, link, listed, next, state, step, story, video};
pub(crate) use troubles::{callback_refused, failed, function_failed, stopped, trouble, unreadable};

use crate::lang::{say, word};
use app::core::{
    DiscoveryReport, Error, Location, PublishedVideo, StopReason, SweepReport, UploadId, VideoState,
};
use troubles::told;

pub(super) fn not_failed_yet() -> &'static str {
    word!(
        "it has not failed: whoever holds it, or the next event or sweep, goes on with it",
        "它没有失败：持有者、下一个事件或下一次清扫会继续处理"
    )
}

pub(super) fn no_place() -> String {
    say!(
        "--after must be what an earlier list of the same kind ended with",
        "--after 必须是之前同类列表结尾给出的位置"
    )
}

/// What names no upload.
pub(super) fn no_upload(text: &str) -> String {
    say!(
        "{text} names no upload: give its id of 32 hexadecimal digits, an object as oss://bucket/key or s3://bucket/key, or the path of a \
         file that is there",
        "{text} 不能确定上传：请给出 32 位十六进制的上传编号、形如 oss://bucket/key 或 s3://bucket/key 的对象，或现有文件的路径"
    )
}

/// A file's upload cannot be tried again without the file.
pub(super) fn needs_its_file(name: &str) -> String {
    say!(
        "this upload is of the file {name}, which only who has it can upload again: oss2youku upload --retry FILE",
        "这是文件 {name} 的上传，只有持有文件的人能重试：oss2youku upload --retry FILE"
    )
}

/// An upload's object, or its file's name: a file is known by that and its MD5, wherever it lies.
fn object(location: &Location) -> String {
    if location.is_carried() { file(&location.key) } else { location.to_string() }
}

fn file(name: &str) -> String {
    say!("file {name}", "文件 {name}")
}

pub(super) fn unknown(upload: &str) -> String {
    say!(
        "the ledger knows no such upload: {upload} (an object's upload begins with its event, a task or a sweep; \
         is this the settings' ledger and account?)",
        "台账中没有这个上传：{upload}（上传由事件、任务、清扫或 upload 命令开始；请确认设置中的台账和账号是否正确）"
    )
}

/// How to go on with what a signal stopped.
pub(crate) fn go_on(unfinished: usize, all: usize, ledger: &str) -> String {
    say!(
        "stopped: {unfinished} of {all} not finished. What Youku has taken in is kept: run the same command again to go on, here or \
         anywhere with the same ledger ({ledger})",
        "已停止：{all} 个中有 {unfinished} 个未完成。优酷已接收的部分会保留：重新运行同一命令即可继续，换一台机器也可以，只要使用同一台账（{ledger}）"
    )
}

pub(crate) fn elsewhere(id: &UploadId) -> String {
    say!(
        "waiting      somebody else holds upload {id}: it is taken over once nothing is heard of its holder",
        "等待  上传 {id} 正由别处持有：一旦其持有者失去音讯即接手"
    )
}

pub(crate) fn published(source: &str, published: &PublishedVideo) -> String {
    let line = published_as(source, published.video_id.as_deref());
    match &published.warning {
        Some(warning) => say!("{line}\nattention    {warning}", "{line}\n注意  {warning}"),
        None => line,
    }
}

pub(crate) fn published_as(source: &str, video_id: Option<&str>) -> String {
    let video = video(video_id);
    say!("published    {video}  {source}", "已发布  {video}  {source}")
}

pub(crate) fn nobody_can_ask() -> String {
    say!(
        "Youku did not tell the video's id, so that nobody can ask after it: look at it there",
        "优酷未返回视频编号，无法查询状态：请到优酷查看"
    )
}

pub(crate) fn playable(video_id: &str, state: VideoState) -> String {
    match state {
        VideoState::Limited => {
            say!("limited      {video_id}  not shown to everybody", "受限  {video_id}  并非所有人可见")
        }
        _ => say!("playable     {video_id}", "可播放  {video_id}"),
    }
}

pub(crate) fn rejected() -> String {
    say!(
        "the video is on Youku, which could not convert it, did not accept it or took it down: look at it there",
        "视频已到优酷，但转码失败、未通过或已被下架：请到优酷查看"
    )
}

pub(crate) fn not_playable(state: Option<VideoState>) -> String {
    match state {
        Some(VideoState::InReview) => {
            say!(
                "the video is published and still in review: look again later",
                "视频已发布，仍在审核：请稍后再看"
            )
        }
        _ => say!(
            "the video is published and cannot be watched yet: look again later",
            "视频已发布，尚不能播放：请稍后再看"
        ),
    }
}

pub(super) fn cancelled(id: &UploadId) -> String {
    say!("{id}  cancelled: nobody goes on with it", "{id}  已取消：不会再继续")
}

pub(super) fn replayed(id: &UploadId, accepted: bool, code: &str) -> String {
    if accepted {
        say!("{id}  the callback accepted it: {code}", "{id}  回调已接收：{code}")
    } else {
        say!("{id}  the callback did not accept it: {code}", "{id}  回调未接收：{code}")
    }
}

pub(super) fn retried(now: bool, id: &UploadId, video_id: Option<&str>) -> String {
    let said = if now {
        word!("published", "已发布")
    } else {
        word!("was published before, there is nothing to try again:", "之前已发布，无需重试：")
    };
    format!("{id}  {said} {}", video(video_id))
}

pub(super) fn not_failed(id: &UploadId) -> String {
    format!("{id}  {}", not_failed_yet())
}

pub(super) fn upload(
    event: &str,
    id: &UploadId,
    object: &str,
    ended: &Result<PublishedVideo, Error>,
) -> String {
    let ended = match ended {
        Ok(published) => {
            let video = video(published.video_id.as_deref());
            say!("published {video}", "已发布 {video}")
        }
        Err(error) => format!("{} [{}]", told(error), error.kind().code()),
    };
    let event = match event {
        "found" => word!("found", "发现"),
        _ => word!("resumed", "继续"),
    };
    format!("{event:<9}{id}  {object}  {ended}")
}

/// What a sweep did, and where the next one begins.
pub(super) fn swept(swept: &SweepReport) -> Vec<String> {
    let found = &swept.discovered;
    let SweepReport { resumed, callbacks_delivered: told, skipped: left, marks_cleared: cleared, .. } = swept;
    let mut lines = vec![
        say!(
            "open     {} gone on with, {told} whose callback was tried, {left} left to their holder or their time, {cleared} cleared away",
            "未完成  继续 {} 个，尝试回调 {told} 个，留给持有者或等待时间的 {left} 个，清除 {cleared} 个",
            resumed.len()
        ),
        say!(
            "objects  {} new, {} known, {} too old, {} too young yet, {} that could not be looked at",
            "对象  新 {} 个，已知 {} 个，过旧 {} 个，过新 {} 个，无法查看 {} 个",
            found.uploads.len(),
            found.known,
            found.older,
            found.young,
            found.troubles.len()
        ),
    ];
    let stops = word!("stopped  ", "停止  ");
    lines.extend(found.stopped.map(|why| format!("{stops}{}", stopped_at(why))));
    lines.push(format!("{}{}", word!("next     ", "下次  "), next_sweep(swept.next.as_ref(), found)));
    lines
}

fn stopped_at(why: StopReason) -> &'static str {
    match why {
        StopReason::Uploads => word!(
            "at the limit of uploads (--limit, sweep.limit)",
            "达到上传数量上限（--limit、sweep.limit）"
        ),
        StopReason::Requests => word!(
            "at the limit of requests to the source (sweep.requests)",
            "达到对来源的请求上限（sweep.requests）"
        ),
        StopReason::Deadline => word!("at the end of its time", "时间已到"),
        StopReason::Paused => word!(
            "before it looked for objects: automatic uploads are paused (paused = true)",
            "未查找对象：自动上传已暂停（paused = true）"
        ),
        StopReason::Ledger => word!("because the ledger failed", "台账出错"),
    }
}

fn next_sweep(open: Option<&UploadId>, found: &DiscoveryReport) -> String {
    let object = found
        .next
        .as_ref()
        .map(|object| say!("looks for objects from {object} on", "从 {object} 起查找对象"));
    let open =
        open.map(|id| say!("goes on with the open uploads behind {id}", "从 {id} 之后的未完成上传继续"));
    let all: Vec<_> = open.into_iter().chain(object).collect();
    if all.is_empty() { word!("begins from the beginning", "从头开始").into() } else { all.join("; ") }
}
