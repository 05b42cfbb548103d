//! The whole text of `explain`.

use super::{
    audience,
    errors::describe_app,
    findings,
    names::describe_object,
    next::{self, Context},
    state, step,
};
use crate::ui::{
    i18n::{tr, tr_static},
    local_time,
    output::escape,
    shell_text::write_command,
    width::pad,
};
use app::{UploadDetails, core::ledger::State};

/// The uploads of one version of an object, or of whatever version where it `is_gone`, the newest first; nothing where `newest` is the only
/// one.
pub(crate) fn describe_uploads(
    newest: &UploadDetails,
    others: &[UploadDetails],
    is_gone: bool,
) -> Vec<String> {
    if others.is_empty() {
        return Vec::new();
    }
    let count = others.len() + 1;
    let explain = write_command(tr_static!("explain ID", "explain 编号"));
    let of = match is_gone {
        true => tr_static!("object", "对象"),
        false => tr_static!("version", "版本"),
    };
    let head = tr!(
        "uploads  {count} of this {of}, the newest first: it is explained below, and `{explain}` explains another",
        "该{of}有 {count} 个上传，最新的在前；下面说明最新的一个，其他可用 `{explain}` 查看"
    );
    let describe = |details: &UploadDetails| {
        let record = &details.record;
        let begun = record.history.first().map(|first| local_time::format(first.at)).unwrap_or_default();
        let again = record.request.force_nonce.as_deref().map(|nonce| format!("  --again {}", escape(nonce)));
        let video = record.video_id.as_deref().map(|id| format!("  {}", escape(id)));
        let (state, account) = (pad(name_state(details), 12), escape(&record.request.account));
        let (video, again) = (video.unwrap_or_default(), again.unwrap_or_default());
        format!("         {}  {state}  {begun}  {account}{video}{again}", record.id)
    };
    [head].into_iter().chain([newest].into_iter().chain(others).map(describe)).collect()
}

/// The state in a word, as in a list.
fn name_state(details: &UploadDetails) -> &'static str {
    match details.record.state {
        State::Cancelled => tr_static!("cancelled", "已取消"),
        _ if details.record.failure.is_some() => tr_static!("failed", "失败"),
        state if state.has_ended() => tr_static!("published", "已发布"),
        _ => tr_static!("not finished", "未完成"),
    }
}

/// An object that is not there any more, of which the ledger has an upload.
pub(crate) fn describe_gone(details: &UploadDetails) -> String {
    let object = describe_object(&details.record.request.location);
    tr!(
        "gone     {object} is not there any more; the ledger has its upload",
        "对象已不存在  {object}；台账中有它的上传"
    )
}

/// The lines of `explain`.
pub(crate) fn describe(details: &UploadDetails, context: &Context<'_>) -> Vec<String> {
    let record = &details.record;
    let (request, object) = (&record.request, &record.request.object);
    let mut lines = vec![
        format!("{}{}", tr_static!("upload   ", "上传  "), record.id),
        tr!(
            "object   {}  {} bytes, ETag {}",
            "对象  {}  {} 字节，ETag {}",
            describe_object(&request.location),
            object.size,
            escape(&object.etag)
        ),
        format!("{}{}", tr_static!("account  ", "账号  "), escape(&request.account)),
        format!("{}{}", tr_static!("audience ", "公开范围  "), audience::describe(request.video.audience())),
        format!("{}{}", tr_static!("state    ", "状态  "), state::describe(details)),
    ];
    if let Some(report) = &record.preflight {
        let media = findings::describe_media(&report.media);
        lines.extend(media.map(|media| format!("{}{media}", tr_static!("media    ", "媒体  "))));
        lines.extend(report.findings.iter().flat_map(findings::describe_lines));
    }
    for (number, entry) in (1_u32..).zip(&record.history) {
        let (at, kind) = (local_time::format(entry.at), entry.step.kind().as_str());
        let text = step::describe(&entry.step, record);
        let epoch = entry.epoch;
        lines.push(tr!(
            "step {number:<3} {at}  holder {epoch:<3} {kind:<12} {text}",
            "步骤 {number:<3} {at}  持有者 {epoch:<3} {kind:<12} {text}"
        ));
    }
    lines.push(match details.holder {
        Some(holder) => tr!(
            "held     by holder {}, whose lease has {} s left and is renewed while it works",
            "持有者  第 {} 个，租约还剩 {} 秒，工作期间会续租",
            holder.epoch,
            holder.remaining.as_secs()
        ),
        None => tr_static!("held     by nobody", "持有者  无").into(),
    });
    lines.extend(context.obstacle.map(|obstacle| {
        let (why, code) = (describe_app(obstacle), obstacle.kind().code());
        format!("{}{why} [{code}]", tr_static!("blocked  ", "障碍  "))
    }));
    lines.push(format!("{}{}", tr_static!("next     ", "接下来  "), next::describe(details, context)));
    let advice = next::advise(details, context);
    lines.extend(advice.map(|advice| format!("{}{advice}", tr_static!("advice   ", "建议  "))));
    lines
}
