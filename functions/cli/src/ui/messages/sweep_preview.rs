//! What a sweep would do.

use super::sweep::{describe_carried, describe_scan};
use crate::ui::{
    i18n::{tr, tr_static},
    messages::names::describe_object,
    width::pad,
};
use app::core::{DueAction, Location, SweepPreview, UploadId};

/// Columns of a line's label.
const LABEL: usize = 15;

/// What a sweep would do with one upload or object.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Planned {
    /// Deal with an open upload.
    Due(DueAction),
    /// Upload an object whose event was missed.
    Found,
}

/// One upload or object that a sweep would deal with.
pub(crate) fn describe_planned(planned: Planned, id: &UploadId, location: &Location) -> String {
    let label = match planned {
        Planned::Due(DueAction::Resume) => tr_static!("would resume", "将续传"),
        Planned::Due(DueAction::Notify) => tr_static!("would notify", "将补发回调"),
        Planned::Due(DueAction::Clear) => tr_static!("would clear", "将清除标记"),
        Planned::Found => tr_static!("would upload", "将上传"),
    };
    format!("{}{id}  {}", pad(label, LABEL), describe_object(location))
}

/// The summary of a dry run.
pub(crate) fn describe_preview(preview: &SweepPreview) -> Vec<String> {
    let SweepPreview { due, skipped, carried, has_more, discovered, .. } = preview;
    let count = |action| due.iter().filter(|upload| upload.action == action).count();
    let (resumed, notified, cleared) =
        (count(DueAction::Resume), count(DueAction::Notify), count(DueAction::Clear));
    let mut lines = vec![tr!(
        "open     {resumed} to resume, {notified} callbacks to send, {skipped} in progress or not due, {cleared} to clear",
        "未完成的上传：待续传 {resumed}，待补发回调 {notified}，处理中或未到时间 {skipped}，待清除标记 {cleared}"
    )];
    if *has_more {
        lines.push(
            tr_static!(
                "more     are due than one sweep takes (--limit, sweep.limit): the next one continues",
                "更多：到期的上传超过一次巡检的上限（--limit、sweep.limit），由下一次巡检继续"
            )
            .into(),
        );
    }
    lines.extend(describe_carried(*carried));
    lines.extend(describe_scan(discovered, discovered.planned.len()));
    lines.push(tr_static!("nothing was changed (--dry-run)", "未做任何更改（--dry-run）").into());
    lines
}
