//! What a sweep did, and where the next one starts.

use super::{
    errors::{describe_app, find_way_out},
    names::describe_video,
};
use crate::ui::{
    i18n::{tr, tr_static},
    output::escape,
    width::pad,
};
use app::core::{DiscoveryReport, Error, PublishedVideo, StopReason, SweepReport, UploadId};
use std::collections::BTreeSet;

/// Columns of a line's label.
pub(super) const LABEL: usize = 9;

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
        Origin::Found => tr_static!("found", "新发现"),
        Origin::Resumed => tr_static!("resumed", "续传"),
    };
    format!("{}{id}  {}  {ended}", pad(label, LABEL), escape(object))
}

/// Something that a sweep could not read.
pub(crate) fn describe_error(object: Option<&str>, error: &Error) -> String {
    let object = object.map(|object| format!("{}  ", escape(object))).unwrap_or_default();
    let label = pad(tr_static!("trouble", "出错"), LABEL);
    format!("{label}{object}{} [{}]", describe_app(error), error.kind().code())
}

/// What a person can do about the failures of a sweep: a line for each way out, however many failures have it.
pub(crate) fn describe_ways_out(failures: &[&Error]) -> Vec<String> {
    let ways: BTreeSet<_> = failures.iter().filter_map(|error| find_way_out(error)).collect();
    let label = pad(tr_static!("advice", "建议"), LABEL);
    ways.into_iter().map(|way| format!("{label}{way}")).collect()
}

/// A signal ended a sweep.
pub(crate) fn describe_stopped() -> &'static str {
    tr_static!(
        "stopped      what this sweep has not finished is kept: the next one resumes it",
        "已停止  本次巡检未完成的部分会保留，由下一次巡检继续"
    )
}

/// The summary of a sweep.
pub(crate) fn describe_report(sweep: &SweepReport) -> Vec<String> {
    let found = &sweep.discovered;
    let SweepReport { resumed, callbacks_delivered, callbacks_undelivered, skipped, marks_cleared, .. } =
        sweep;
    let undelivered = match callbacks_undelivered {
        0 => String::new(),
        count => {
            tr!(" ({count} not accepted, and sent again later)", "（其中 {count} 个未被接收，以后重发）")
        }
    };
    let mut lines = vec![tr!(
        "open     {} resumed, {callbacks_delivered} callbacks sent{undelivered}, {skipped} in progress or not due, {marks_cleared} cleared",
        "未完成的上传：续传 {}，补发回调 {callbacks_delivered}{undelivered}，处理中或未到时间 {skipped}，清除标记 {marks_cleared}",
        resumed.len()
    )];
    if sweep.made_public + found.sidecars as usize > 0 {
        let (public, changed) = (sweep.made_public, found.sidecars);
        lines.push(tr!(
            "videos   {public} made public at their hour, {changed} changed by their sidecars",
            "视频：按时公开 {public}，按旁边的文件修改 {changed}"
        ));
    }
    lines.extend(describe_carried(sweep.carried));
    lines.extend(describe_scan(found, found.uploads.len()));
    let next = describe_next(sweep.next.as_ref(), found);
    lines.push(tr!("next     {next}", "下次：{next}"));
    lines
}

/// Unfinished uploads of local files, where there are any.
pub(super) fn describe_carried(carried: u32) -> Option<String> {
    (carried > 0).then(|| {
        tr!(
            "files    {carried} skipped. Sweeps skip unfinished uploads of local files: only someone who has the file can resume them.",
            "本机文件：跳过 {carried}。巡检不处理未完成的本机文件上传：只有持有文件的人才能续传"
        )
    })
}

/// The lines about the scan for objects; `new`: how many of them the ledger did not know.
pub(super) fn describe_scan(found: &DiscoveryReport, new: usize) -> Vec<String> {
    let mut lines = vec![tr!(
        "objects  {new} new, {} known, {} too old, {} too recent, {} unreadable",
        "对象：新发现 {new}，已知 {}，过旧 {}，过新 {}，无法读取 {}",
        found.known,
        found.older,
        found.young,
        found.errors.len()
    )];
    if found.junk > 0 {
        lines.push(tr!(
            "junk     {} left alone: files that systems leave behind",
            "系统遗留的文件：跳过 {}",
            found.junk
        ));
    }
    lines.extend(found.stopped.map(|why| {
        let why = describe_stop(why);
        tr!("stopped  {why}", "停止：{why}")
    }));
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
    let object = object.map(|object| escape(&object.to_string()).into_owned());
    let object = object.map(|object| tr!("looks for objects from {object} on", "从 {object} 起查找对象"));
    let open = open.map(|id| tr!("resumes the open uploads after {id}", "从 {id} 之后的未完成的上传继续"));
    let all: Vec<_> = open.into_iter().chain(object).collect();
    if all.is_empty() {
        tr_static!("begins from the beginning", "从头开始").into()
    } else {
        all.join(tr_static!("; ", "；"))
    }
}
