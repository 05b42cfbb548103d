//! What a sweep did, and where the next one starts.

use super::{errors::describe_app, names::describe_video};
use crate::ui::i18n::{tr, tr_static};
use app::core::{DiscoveryReport, Error, PublishedVideo, StopReason, SweepReport, UploadId};

/// How a sweep came to an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It was open, and was resumed.
    Resumed,
    /// Its object was found by the scan.
    Found,
}

impl Origin {
    /// The stable event name of `--json`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Resumed => "resumed",
            Self::Found => "found",
        }
    }
}

/// One upload that a sweep resumed or found.
pub(crate) fn describe_upload(
    origin: Origin,
    id: &UploadId,
    object: &str,
    ended: &Result<PublishedVideo, Error>,
) -> String {
    let ended = match ended {
        Ok(published) => {
            let video = describe_video(published.video_id.as_deref());
            tr!("published {video}", "已发布 {video}")
        }
        Err(error) => format!("{} [{}]", describe_app(error), error.kind().code()),
    };
    let label = match origin {
        Origin::Found => tr_static!("found", "发现"),
        Origin::Resumed => tr_static!("resumed", "继续"),
    };
    format!("{label:<9}{id}  {object}  {ended}")
}

/// Something that a sweep could not read.
pub(crate) fn describe_error(object: Option<&str>, error: &Error) -> String {
    let object = object.map(|object| format!("{object}  ")).unwrap_or_default();
    let label = tr_static!("trouble", "出错");
    format!("{label}  {object}{} [{}]", describe_app(error), error.kind().code())
}

/// The summary of a sweep.
pub(crate) fn describe_report(sweep: &SweepReport) -> Vec<String> {
    let found = &sweep.discovered;
    let SweepReport { resumed, callbacks_delivered, skipped, marks_cleared, .. } = sweep;
    let mut lines = vec![
        tr!(
            "open     {} resumed, {callbacks_delivered} callbacks tried, {skipped} left to their holder or their time, {marks_cleared} cleared",
            "未完成  继续 {} 个，尝试回调 {callbacks_delivered} 个，由他人持有或未到时间 {skipped} 个，清除 {marks_cleared} 个",
            resumed.len()
        ),
        tr!(
            "objects  {} new, {} known, {} too old, {} too recent, {} unreadable",
            "对象  新 {} 个，已知 {} 个，过旧 {} 个，过新 {} 个，无法读取 {} 个",
            found.uploads.len(),
            found.known,
            found.older,
            found.young,
            found.errors.len()
        ),
    ];
    if found.junk > 0 {
        lines.push(tr!(
            "junk     {} left alone: files that systems leave behind",
            "垃圾文件  跳过 {} 个：系统遗留的文件",
            found.junk
        ));
    }
    let label = tr_static!("stopped  ", "停止  ");
    lines.extend(found.stopped.map(|why| format!("{label}{}", describe_stop(why))));
    lines.push(format!("{}{}", tr_static!("next     ", "下次  "), describe_next(sweep.next.as_ref(), found)));
    lines
}

fn describe_stop(why: StopReason) -> &'static str {
    match why {
        StopReason::Uploads => tr_static!(
            "at the limit of uploads (--limit, sweep.limit)",
            "达到上传数量上限（--limit、sweep.limit）"
        ),
        StopReason::Requests => tr_static!(
            "at the limit of requests to the source (sweep.requests)",
            "达到对来源的请求上限（sweep.requests）"
        ),
        StopReason::Deadline => tr_static!("at the deadline", "时间已到"),
        StopReason::Paused => tr_static!(
            "before looking for objects: automatic uploads are paused (paused = true)",
            "未查找对象：自动上传已暂停（paused = true）"
        ),
        StopReason::Ledger => tr_static!("because the ledger failed", "台账出错"),
    }
}

fn describe_next(open: Option<&UploadId>, found: &DiscoveryReport) -> String {
    let object = found.next.as_ref();
    let object = object.map(|object| tr!("looks for objects from {object} on", "从 {object} 起查找对象"));
    let open = open.map(|id| tr!("resumes the open uploads after {id}", "从 {id} 之后的未完成上传继续"));
    let all: Vec<_> = open.into_iter().chain(object).collect();
    if all.is_empty() {
        tr_static!("begins from the beginning", "从头开始").into()
    } else {
        all.join(tr_static!("; ", "；"))
    }
}
