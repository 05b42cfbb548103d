//! Where an upload stands.

use super::{names::describe_video, wait_reason};
use crate::ui::{
    details::localize,
    i18n::{tr, tr_static},
    output::escape,
};
use app::{
    UploadDetails,
    core::ledger::{ActiveState, End, State},
};

/// Where an upload stands.
pub(crate) fn describe(details: &UploadDetails) -> String {
    let record = &details.record;
    let working = match record.state {
        State::New | State::Claimed | State::Waiting(ActiveState::Claimed) => {
            tr_static!("no session is open at Youku yet", "尚未在优酷建立会话")
        }
        State::Created | State::Waiting(ActiveState::Created) => {
            tr_static!("its bytes are being sent to Youku", "正在向优酷传输数据")
        }
        State::Transferred | State::Waiting(ActiveState::Transferred) => {
            tr_static!("all bytes are uploaded, the commit is next", "数据已全部上传，下一步提交")
        }
        State::HashRefused | State::Waiting(ActiveState::HashRefused) => {
            tr_static!(
                "the MD5 of the object is computed; if it differs from the stated one, the object is sent again",
                "正在计算对象的 MD5，若与声明的不同则重新上传"
            )
        }
        State::Committed | State::Notified(End::Committed) | State::FollowUpSent => {
            let video = describe_video(record.video_id.as_deref());
            return tr!("published: video {video}", "已发布：视频 {video}");
        }
        State::Cancelled => return tr_static!("cancelled manually", "已手动取消").into(),
        State::Failed | State::FailedAfterTransfer | State::FailedRefused | State::Notified(_) => {
            let Some(failure) = &record.failure else { return tr_static!("failed", "失败").into() };
            let text = localize(&failure.text);
            return tr!("failed: {} [{}]", "失败：{} [{}]", escape(&text), failure.code);
        }
    };
    match &record.waiting {
        Some(waiting) => {
            let why = wait_reason::describe(waiting.reason);
            tr!("waiting: {why}; {working}", "等待：{why}；{working}")
        }
        None if details.holder.is_some() => tr!("in progress: {working}", "进行中：{working}"),
        None => tr!("not finished: {working}", "未完成：{working}"),
    }
}
