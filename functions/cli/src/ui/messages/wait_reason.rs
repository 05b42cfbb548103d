//! Why an upload waits.

use crate::ui::i18n::tr_static;
use app::core::ledger::WaitReason;

/// Why an upload waits.
pub(crate) fn describe(reason: WaitReason) -> &'static str {
    match reason {
        WaitReason::RateLimited => tr_static!("Youku accepts no more calls for now", "优酷暂时不接受调用"),
        WaitReason::Deadline => {
            tr_static!("the last run ended at its deadline, or was stopped", "上次运行时间已到，或被手动停止")
        }
        WaitReason::Unauthorized => {
            tr_static!("Youku refuses the account's access token", "优酷拒绝该账号的访问令牌")
        }
        WaitReason::ClientRefused => {
            tr_static!("Youku does not know the account's client_id", "优酷不认识该账号的 client_id")
        }
        WaitReason::Reauthorize => tr_static!(
            "the account's access token has expired and could not be renewed [reauthorize]",
            "该账号的访问令牌已失效且无法续期 [reauthorize]"
        ),
        WaitReason::CallerTokenGone => {
            tr_static!("the token of the task has expired", "任务自带的令牌已失效")
        }
        WaitReason::Hash => tr_static!("Youku refused the stated MD5", "优酷拒绝了所声明的 MD5"),
        WaitReason::CommitUnknown => tr_static!(
            "the session is over, and Youku does not show yet whether the video exists",
            "会话已结束，优酷尚未显示视频是否存在"
        ),
        WaitReason::SourceRefused => tr_static!(
            "the source refused a call without a clear reason: a second run confirms it",
            "来源拒绝了一次调用且未说明缘由：将再次运行以确认"
        ),
        WaitReason::TargetRefused => tr_static!(
            "Youku's bucket or server refused a call without a clear reason: a second run confirms it",
            "优酷的 bucket 或服务器拒绝了一次调用且未说明缘由：将再次运行以确认"
        ),
    }
}
