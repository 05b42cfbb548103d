//! The last lines of a command with several videos.

use super::skipped::{SkipReason, describe_reason};
use crate::ui::{
    i18n::{tr, tr_static},
    progress_line::format_clock,
};
use indicatif::HumanBytes;
use std::time::Duration;

/// How many videos became what, how many bytes that are, and how long it took.
pub(crate) fn describe_totals(
    published: usize,
    already: usize,
    failed: usize,
    stopped: usize,
    bytes: u64,
    took: Duration,
) -> String {
    let (size, took) = (HumanBytes(bytes), format_clock(took));
    let stopped = match stopped {
        0 => String::new(),
        _ => tr!(", {stopped} not finished", "，未完成 {stopped} 个"),
    };
    tr!(
        "total        {published} published ({size}), {already} published before, {failed} failed{stopped}; {took}",
        "合计  已发布 {published} 个（{size}），此前已发布 {already} 个，失败 {failed} 个{stopped}；用时 {took}"
    )
}

/// How many things were met and not uploaded, and why.
pub(crate) fn describe_left_out(reasons: &[(SkipReason, usize)]) -> String {
    let all: usize = reasons.iter().map(|(_, count)| count).sum();
    let why = |(reason, count): &(SkipReason, usize)| {
        let reason = describe_reason(*reason);
        tr!("{count} × {reason}", "{reason} {count} 个")
    };
    let why: Vec<_> = reasons.iter().map(why).collect();
    let why = why.join(tr_static!(", ", "，"));
    tr!("left out     {all}: {why}", "未上传  {all} 个：{why}")
}
