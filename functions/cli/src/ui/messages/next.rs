//! What comes next for an upload, and what a person can do.

use crate::ui::i18n::{tr, tr_static};
use app::{
    UploadDetails,
    core::{
        ErrorKind,
        ledger::{Record, WaitReason},
    },
};

/// What comes next.
pub(crate) fn describe(details: &UploadDetails) -> String {
    if let Some(holder) = details.holder {
        let seconds = holder.remaining.as_secs();
        return tr!(
            "its holder continues; if it goes silent, the next event or sweep after {seconds} s takes over",
            "持有者会继续；若其失联，{seconds} 秒后的下一个事件或清扫会接手"
        );
    }
    if details.record.is_settled() {
        return tr_static!("nothing: the upload is settled", "无：上传已结束").into();
    }
    if details.record.pending_outcome_callback() {
        return tr_static!(
            "the callback has not accepted the outcome yet: the next sweep that is due retries it",
            "回调尚未送达：下一次到期的清扫会重试"
        )
        .into();
    }
    if details.record.pending_event_callback() {
        return tr_static!(
            "the sweep queries the video's state at Youku and sends it to the callback",
            "清扫会向优酷查询视频状态并通知回调"
        )
        .into();
    }
    if details.record.request.location.is_carried() {
        return tr_static!(
            "uploading the file again resumes it: oss2youku upload FILE",
            "再次上传该文件即可继续：oss2youku upload FILE"
        )
        .into();
    }
    match details.record.waiting.and_then(|waiting| waiting.not_before) {
        Some(until) => {
            tr!("the first event or sweep after {until} resumes it", "{until} 之后的第一个事件或清扫会继续")
        }
        None => tr_static!("the next event or sweep resumes it", "下一个事件或清扫会继续").into(),
    }
}

/// What a person can do, where there is something.
pub(crate) fn advise(details: &UploadDetails) -> Option<String> {
    let record = &details.record;
    if let Some(failure) = &record.failure {
        let advice = failure.advice.as_deref().unwrap_or("see the log for the cause, then retry the upload");
        if failure.code == ErrorKind::CommitUnknown.code() {
            return Some(advise_lookup(record, advice));
        }
        let command = match (advice.contains("retry"), record.request.location.is_carried()) {
            (true, true) => tr!(" (oss2youku upload --retry FILE)", "（oss2youku upload --retry FILE）"),
            (true, false) => tr!(" (oss2youku retry {})", "（oss2youku retry {}）", record.id),
            (false, _) => String::new(),
        };
        return Some(format!("{}{command}", tr_static!(advice, translate_advice(&failure.code))));
    }
    let account = &record.request.account;
    match record.waiting?.reason {
        WaitReason::Unauthorized => Some(tr!(
            "put a valid access token of account {account} into the settings (accounts.{account}.access_token)",
            "请把账号 {account} 的有效访问令牌写入设置（accounts.{account}.access_token）"
        )),
        WaitReason::ClientRefused => Some(tr!(
            "correct accounts.{account}.client_id in the settings: Youku does not know it",
            "请修改设置中的 accounts.{account}.client_id：优酷不认识它"
        )),
        WaitReason::Reauthorize => Some(tr!(
            "authorize account {account} again at Youku and put the new pair into the settings \
             (accounts.{account}.access_token and refresh_token); the sweep then resumes the upload",
            "请在优酷重新授权账号 {account}，并把新的令牌写入设置（accounts.{account}.access_token 与 refresh_token）；之后清扫会继续"
        )),
        WaitReason::CallerTokenGone => Some(
            tr_static!(
                "the caller must send the task again with a valid token",
                "调用方须带有效令牌重新发送任务"
            )
            .into(),
        ),
        WaitReason::RateLimited
        | WaitReason::Deadline
        | WaitReason::Hash
        | WaitReason::CommitUnknown
        | WaitReason::SourceRefused
        | WaitReason::TargetRefused => None,
    }
}

/// What a person can do about a commit with an unknown result: the ledger keeps it with its commands.
fn advise_lookup(record: &Record, advice: &str) -> String {
    let (id, object) = (&record.id, &record.request.location);
    let source = if object.is_carried() { object.key.clone() } else { object.to_string() };
    tr!(
        "{advice}",
        "请到优酷查找该视频；若不存在，`oss2youku retry {id} --new-session` 会重新上传，\
         `oss2youku upload {source:?} --again once-more` 亦可"
    )
}

/// The ledger keeps advice in English; the failure's code says the same.
fn translate_advice(code: &str) -> &'static str {
    match ErrorKind::from_code(code) {
        Some(ErrorKind::InvalidJob) => "请修改视频信息后重新上传对象，或用 again 另行请求",
        Some(ErrorKind::SourceMissing) => "请放回对象，然后重试上传",
        Some(ErrorKind::SourceChanged) => "无需处理：对象的新版本是另一个上传",
        Some(ErrorKind::HashRefused) => "请改正声明的 MD5，再用 again 另行请求；若声明无误，请联系优酷",
        Some(ErrorKind::Integrity | ErrorKind::VerificationFailed) => {
            "请检查对象：其数据与存储给出的校验和不一致"
        }
        Some(ErrorKind::Unauthorized) => "请带有效的访问令牌重新发送任务",
        _ => "请查看日志了解原因，然后重试上传",
    }
}
