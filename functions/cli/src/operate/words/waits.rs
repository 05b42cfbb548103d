//! Why an upload rests.

use crate::lang::word;
use app::core::ledger::WaitReason;

pub(super) fn reason(reason: WaitReason) -> &'static str {
    match reason {
        WaitReason::RateLimited => word!("Youku takes no more calls for now", "优酷暂时不接受调用"),
        WaitReason::Deadline => word!("the last run's time was over", "上次运行的时间已到，或被人停止"),
        WaitReason::Unauthorized => {
            word!("Youku refuses the account's access token", "优酷拒绝该账号的访问令牌")
        }
        WaitReason::ClientRefused => {
            word!("Youku does not know the account's client_id", "优酷不认识该账号的 client_id")
        }
        WaitReason::Reauthorize => word!(
            "the account's access token has run out and could not be renewed [reauthorize]",
            "该账号的访问令牌已失效且无法续期 [reauthorize]"
        ),
        WaitReason::CallerTokenGone => {
            word!("the token that the task brought has run out", "任务自带的令牌已失效")
        }
        WaitReason::Hash => word!("Youku refused the MD5 that was stated", "优酷拒绝了所声明的 MD5"),
        WaitReason::CommitUnknown => word!(
            "the session is over, and Youku does not show yet whether the video is there",
            "会话已结束，优酷尚未显示视频是否存在"
        ),
        WaitReason::SourceRefused => word!(
            "the source refused a call without a reason that explains it: a second run tells whether it means it",
            "来源拒绝了一次调用且未说明缘由：将再次运行以确认"
        ),
        WaitReason::TargetRefused => word!(
            "Youku's bucket or server refused a call without a reason that explains it: a second run tells whether it means it",
            "优酷的 bucket 或服务器拒绝了一次调用且未说明缘由：将再次运行以确认"
        ),
    }
}
