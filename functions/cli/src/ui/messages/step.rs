//! What a step of the ledger means.

use super::{callback::describe_failed, findings, video, wait_reason};
use crate::ui::{
    details::localize,
    i18n::{tr, tr_static},
    local_time,
    output::escape,
};
use app::core::{
    ErrorKind,
    ledger::{Entry, Record, Step, Target},
};

/// What a step means, and what the preflight found before it, where that did not refuse the object.
pub(crate) fn describe_entry(entry: &Entry, record: &Record) -> String {
    let mut text = describe(&entry.step, record);
    let Some(report) = &entry.preflight else { return text };
    let warnings = report.findings.iter().filter(|_| !matches!(entry.step, Step::Failed(_)));
    let warnings = warnings.map(|finding| escape(findings::describe_finding(finding)).into_owned());
    for more in findings::describe_media(&report.media).into_iter().chain(warnings) {
        text = format!("{text} · {more}");
    }
    text
}

/// What a step means.
pub(crate) fn describe(step: &Step, record: &Record) -> String {
    match step {
        Step::Claimed { request: Some(_) } => {
            tr_static!("a holder started the upload", "持有者开始上传").into()
        }
        Step::Claimed { request: None } => tr_static!("another holder took over", "由另一持有者接手").into(),
        Step::Created(session) => match &session.target {
            Target::Oss { .. } => tr_static!(
                "opened a session at Youku: a multipart upload into its bucket",
                "已在优酷建立会话：分片上传到其 bucket"
            ),
            Target::Slice { already_stored: true, .. } => tr_static!(
                "opened a session at Youku, which has these bytes already",
                "已在优酷建立会话：优酷已有相同数据"
            ),
            Target::Slice { .. } => tr_static!(
                "opened a session at Youku: slices to its upload server",
                "已在优酷建立会话：分片上传到其上传服务器"
            ),
        }
        .into(),
        Step::Transferred(_) => {
            let size = record.request.object.size;
            tr!("all {size} bytes are uploaded and match the object", "全部 {size} 字节已上传，与对象一致")
        }
        Step::Committed { video_id: Some(video_id) } => {
            tr!("committed as video {video_id}", "已提交，视频编号 {video_id}")
        }
        Step::Committed { video_id: None } => {
            tr_static!("committed; Youku returned no video id", "已提交，优酷未返回视频编号").into()
        }
        Step::Notified { code, event } => {
            let about = event.map(|event| event.as_str());
            let about = about.map(|event| tr!(" for {event}", "{event} 的")).unwrap_or_default();
            if step.is_callback_failed() {
                let how = describe_failed(code);
                return tr!("the callback{about} was {how}", "{about}回调{how}");
            }
            tr!("the callback{about} is done: {code}", "{about}回调完成：{code}")
        }
        Step::Failed(failure) if failure.code == ErrorKind::NotPublishable.code() => {
            let found = record.preflight.as_deref().map(findings::describe_refusals).unwrap_or_default();
            tr!("refused before a byte was moved: {found} [{}]", "上传前已拒绝：{found} [{}]", failure.code)
        }
        Step::Failed(failure) => {
            tr!(
                "ended without a video: {} [{}]",
                "未生成视频：{} [{}]",
                escape(&localize(&failure.text)),
                failure.code
            )
        }
        Step::Cancelled => tr_static!("cancelled manually", "已手动取消").into(),
        Step::Reopened(reopening) if reopening.new_session => {
            tr_static!("restarted manually after no video was found", "人工确认没有视频后，重新开始").into()
        }
        Step::Reopened(reopening) if reopening.preflight_off => {
            tr_static!("reopened without the preflight", "跳过预检重新开始").into()
        }
        Step::Reopened(_) => tr_static!("retried manually", "已手动重试").into(),
        Step::Updated(update) => video::describe_update(update),
        Step::Scheduled(scheduling) => video::describe_scheduling(scheduling),
        Step::Waiting(waiting) => {
            let why = wait_reason::describe(waiting.reason);
            match waiting.not_before {
                Some(until) => {
                    let until = local_time::format(until);
                    tr!("waiting until {until}: {why}", "等待到 {until}：{why}")
                }
                None => tr!("waiting: {why}", "等待：{why}"),
            }
        }
    }
}
