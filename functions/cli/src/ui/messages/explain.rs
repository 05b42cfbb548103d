//! The whole text of `explain`.

use super::{audience, names::describe_object, next, state, step};
use crate::ui::i18n::{tr, tr_static};
use app::UploadDetails;

/// The lines of `explain`.
pub(crate) fn describe(details: &UploadDetails) -> Vec<String> {
    let record = &details.record;
    let (request, object) = (&record.request, &record.request.object);
    let mut lines = vec![
        format!("{}{}", tr_static!("upload   ", "上传  "), record.id),
        tr!(
            "object   {}  {} bytes, ETag {}",
            "对象  {}  {} 字节，ETag {}",
            describe_object(&request.location),
            object.size,
            object.etag
        ),
        format!("{}{}", tr_static!("account  ", "账号  "), request.account),
        format!("{}{}", tr_static!("audience ", "公开范围  "), audience::describe(request.video.audience())),
        format!("{}{}", tr_static!("state    ", "状态  "), state::describe(details)),
    ];
    for (number, entry) in (1_u32..).zip(&record.history) {
        let (at, kind) = (entry.at, entry.step.kind().as_str());
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
    lines.push(format!("{}{}", tr_static!("next     ", "接下来  "), next::describe(details)));
    lines
        .extend(next::advise(details).map(|advice| format!("{}{advice}", tr_static!("advice   ", "建议  "))));
    lines
}
