//! What comes next for an upload, and what a person can do: commands are complete, so that they can be pasted.

use super::{
    callback::{
        advise_callback, advise_failed as advise_failed_callback, describe_callback,
        describe_failed as describe_failed_callback,
    },
    errors::find_way_out,
    findings, video,
};
use crate::ui::{
    i18n::{tr, tr_static},
    local_time,
    output::escape,
    shell_text::{quote, quote_location, quote_path, write_command},
};
use app::{
    UploadDetails,
    core::{
        Error, ErrorKind,
        ledger::{Failure, Record, State, WaitReason},
    },
};

/// Stands for the folder of a file of which only the name is known: the ledger has no paths.
const UNKNOWN_FOLDER: &str = "/path/to";

/// What is known besides the ledger's record.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The path of the upload's file, where a person named it.
    pub(crate) path: Option<&'a str>,
    /// Whether a command for a file must name its account.
    pub(crate) names_account: bool,
    /// What keeps an open upload that nobody holds from being resumed.
    pub(crate) obstacle: Option<&'a Error>,
}

impl Context<'_> {
    /// `oss2youku upload` of the upload's source; of a file with what makes it the same upload.
    fn upload_command(&self, record: &Record, flag: &str) -> String {
        let request = &record.request;
        let flag = if flag.is_empty() { String::new() } else { format!("{flag} ") };
        if !request.location.is_carried() {
            return write_command(&format!("upload {flag}{}", quote_location(&request.location)));
        }
        let account = match self.names_account {
            true => format!(" --account {}", quote(&request.account)),
            false => String::new(),
        };
        write_command(&format!("upload {flag}{}{account}", self.file(record)))
    }

    fn file(&self, record: &Record) -> String {
        match self.path {
            Some(path) => quote_path(path),
            None => quote(&format!("{UNKNOWN_FOLDER}/{}", record.request.location.key)),
        }
    }

    /// The command that resumes or retries the upload of a file: the same upload again.
    fn same_upload_command(&self, record: &Record, flag: &str) -> String {
        let nonce = record.request.force_nonce.as_ref();
        let nonce = nonce.map(|nonce| format!(" --again {}", quote(nonce))).unwrap_or_default();
        format!("{}{nonce}", self.upload_command(record, flag))
    }

    /// The command that retries an upload which ended.
    fn retry_command(&self, record: &Record) -> String {
        match record.request.location.is_carried() {
            true => self.same_upload_command(record, "--retry"),
            false => write_command(&format!("retry {}", record.id)),
        }
    }
}

/// What comes next.
pub(crate) fn describe(details: &UploadDetails, context: &Context<'_>) -> String {
    let record = &details.record;
    // What ended is held a little longer, for its callback and its marks.
    if let Some(holder) = details.holder.filter(|_| !record.state.has_ended()) {
        let seconds = holder.remaining.as_secs();
        return tr!(
            "its holder continues; if it goes silent, the next event or sweep after {seconds} s takes over",
            "持有者会继续；若其失联，{seconds} 秒后的下一个事件或巡检会接手"
        );
    }
    if let Some(callback) = &details.callback {
        return describe_callback(callback, details.receiver.as_deref());
    }
    if details.has_failed() {
        return tr!("nothing by itself: it ended without a video", "不会自动继续：上传已结束，没有视频");
    }
    if let Some(code) = record.failed_callback() {
        let how = describe_failed_callback(code);
        return tr!("nothing by itself: the callback was {how}", "不会自动继续：回调{how}");
    }
    if let Some(failure) = record.failed_publication() {
        return video::describe_failed_publication(failure);
    }
    if let Some(pending) = record.pending_publication() {
        let at = local_time::format(pending.publication.at);
        return tr!("the first sweep after {at} makes the video public", "{at} 之后的第一次巡检会公开视频");
    }
    if record.is_settled() {
        return tr!("nothing: the upload is settled", "无：上传已结束");
    }
    if record.request.location.is_carried() {
        let command = context.same_upload_command(record, "");
        return match context.path {
            Some(_) => {
                tr!("uploading the file again resumes it: {command}", "再次上传该文件即可继续：{command}")
            }
            None => tr!(
                "uploading the file again, from the folder where it lies, resumes it: {command}",
                "在文件所在的机器上再次上传即可继续（请把 /path/to 换成文件所在目录）：{command}"
            ),
        };
    }
    if context.obstacle.is_some_and(|obstacle| obstacle.kind() == ErrorKind::SourceMissing) {
        return tr!(
            "unless the object is back, the next event or sweep ends it as failed",
            "除非对象放回，否则下一个事件或巡检会把它记为失败"
        );
    }
    if context.obstacle.is_some() {
        return tr!(
            "sweeps try again, with growing pauses, until what blocks it is fixed",
            "巡检会以逐渐变长的间隔重试，直到障碍消除"
        );
    }
    match record.waiting.and_then(|waiting| waiting.not_before) {
        Some(until) => {
            let until = local_time::format(until);
            tr!("the first event or sweep after {until} resumes it", "{until} 之后的第一个事件或巡检会继续")
        }
        None => tr!("the next event or sweep resumes it", "下一个事件或巡检会继续"),
    }
}

/// What a person can do, where there is something.
pub(crate) fn advise(details: &UploadDetails, context: &Context<'_>) -> Option<String> {
    let record = &details.record;
    if let Some(advice) = details.callback.as_ref().and_then(|callback| advise_callback(&record.id, callback))
    {
        return Some(advice);
    }
    if let Some(failure) = &record.failure {
        return Some(advise_failed(record, failure, context));
    }
    if record.state == State::Cancelled {
        let command = context.retry_command(record);
        return Some(tr!("to upload it after all: {command}", "若仍要上传：{command}"));
    }
    if record.failed_publication().is_some() {
        return Some(video::advise_failed_hour(&record.id, record.failed_audience()));
    }
    if record.failed_callback().is_some() {
        return Some(advise_failed_callback(&record.id));
    }
    if record.state.has_ended() || details.holder.is_some() {
        return None;
    }
    if let Some(obstacle) = context.obstacle {
        if obstacle.kind() == ErrorKind::SourceMissing {
            let cancel = write_command(&format!("cancel {}", record.id));
            let retry = write_command(&format!("retry {}", record.id));
            return Some(tr!(
                "put the object back, then resume it at once: {retry}; or end the upload: {cancel}",
                "请放回对象，然后立即继续：{retry}；或取消该上传：{cancel}"
            ));
        }
        let way = find_way_out(obstacle).unwrap_or_else(|| tr!("fix what blocks it", "请消除障碍"));
        let command = match record.request.location.is_carried() {
            true => context.same_upload_command(record, ""),
            false => write_command(&format!("retry {}", record.id)),
        };
        return Some(tr!("{way}; then resume it at once: {command}", "{way}；然后立即继续：{command}"));
    }
    match record.waiting {
        Some(waiting) => advise_waiting(record, waiting.reason),
        None if record.request.location.is_carried() => None,
        None => Some(advise_sweep()),
    }
}

fn advise_failed(record: &Record, failure: &Failure, context: &Context<'_>) -> String {
    let retry = context.retry_command(record);
    let again = context.upload_command(record, "--again once-more");
    let is_file = record.request.location.is_carried();
    let settings = record.shortcut_settings().join(", ");
    let kind = ErrorKind::from_code(&failure.code);
    if !settings.is_empty() && matches!(kind, Some(ErrorKind::HashRefused | ErrorKind::Youku)) {
        return tr!(
            "Youku may have refused the session's shorter way: take {settings} out of the settings, then upload it anew: {again}",
            "优酷可能拒绝了该会话的简化方式：请从设置中去掉 {settings}，然后重新上传：{again}"
        );
    }
    match ErrorKind::from_code(&failure.code) {
        Some(ErrorKind::CommitUnknown) => {
            let retry = write_command(&format!("retry {} --new-session", record.id));
            tr!(
                "look for the video on Youku; if it is not there, upload it anew: {retry}, or {again}",
                "请到优酷查找该视频；若不存在，重新上传：{retry}，或 {again}"
            )
        }
        Some(ErrorKind::InvalidJob) => tr!(
            "correct the video's metadata, then upload it anew: {again}",
            "请修改视频信息，然后重新上传：{again}"
        ),
        Some(ErrorKind::NotPublishable) => {
            let advice = record.preflight.as_deref().map(findings::advise).unwrap_or_default();
            let force = context.upload_command(record, "--force");
            tr!("{advice} To publish it as it is: {force}", "{advice}如要原样发布：{force}")
        }
        Some(ErrorKind::SourceMissing) => {
            tr!("put the object back, then retry: {retry}", "请放回对象，然后重试：{retry}")
        }
        Some(ErrorKind::SourceChanged) if is_file => {
            let file = context.upload_command(record, "");
            tr!(
                "upload the file as it is now, once nothing writes to it any more: {file}",
                "请等文件不再写入后，按现在的内容上传：{file}"
            )
        }
        Some(ErrorKind::SourceChanged) => tr!(
            "nothing: the newer version of the object is an upload of its own",
            "无需处理：对象的新版本是另一个上传"
        ),
        Some(ErrorKind::SourceDenied) => {
            let doctor = write_command("doctor");
            tr!(
                "check the key and its permissions ({doctor}), then retry: {retry}",
                "请检查密钥及其权限（{doctor}），然后重试：{retry}"
            )
        }
        Some(ErrorKind::HashRefused) if record.holds_unverified_slices() => tr!(
            "upload it anew: {again}; several runs sent its slices, and one of those was damaged on its way, unless a stated MD5 is wrong",
            "请重新上传：{again}；它的分片由多次运行发送，其中一片在途中损坏；否则就是声明的 MD5 有误"
        ),
        Some(ErrorKind::HashRefused) => tr!(
            "correct the stated MD5, then upload it anew: {again}; if it is right, ask Youku about it",
            "请改正声明的 MD5，然后重新上传：{again}；若声明无误，请联系优酷"
        ),
        Some(ErrorKind::Integrity | ErrorKind::VerificationFailed) => tr!(
            "check the object: its bytes do not have the checksum that its store states; then retry: {retry}",
            "请检查对象：其数据与存储给出的校验和不一致；然后重试：{retry}"
        ),
        Some(ErrorKind::Unauthorized) => tr!(
            "the caller must send the task again with a valid access token",
            "调用方须带有效的访问令牌重新发送任务"
        ),
        _ => tr!(
            "fix the cause that the state names (the log has more), then retry: {retry}",
            "请处理状态中所述的原因（日志更详细），然后重试：{retry}"
        ),
    }
}

fn advise_sweep() -> String {
    let sweep = write_command("sweep");
    tr!("to resume it now: {sweep}", "立即继续：{sweep}")
}

fn advise_waiting(record: &Record, reason: WaitReason) -> Option<String> {
    let account = escape(&record.request.account);
    let advice = match reason {
        WaitReason::Unauthorized => tr!(
            "put a valid access token of account {account} into the settings (accounts.{account}.access_token)",
            "请把账号 {account} 的有效访问令牌写入设置（accounts.{account}.access_token）"
        ),
        WaitReason::ClientRefused => tr!(
            "correct accounts.{account}.client_id in the settings: Youku does not know it",
            "请修改设置中的 accounts.{account}.client_id：优酷不认识它"
        ),
        WaitReason::Reauthorize => tr!(
            "authorize account {account} again at Youku and put the new pair into the settings \
             (accounts.{account}.access_token and refresh_token); the sweep then resumes the upload",
            "请在优酷重新授权账号 {account}，并把新的令牌写入设置（accounts.{account}.access_token 与 refresh_token）；之后巡检会继续"
        ),
        WaitReason::CallerTokenGone => tr_static!(
            "the caller must send the task again with a valid token",
            "调用方须带有效令牌重新发送任务"
        )
        .into(),
        WaitReason::Deadline if !record.request.location.is_carried() => advise_sweep(),
        WaitReason::Deadline
        | WaitReason::RateLimited
        | WaitReason::Hash
        | WaitReason::CommitUnknown
        | WaitReason::SourceRefused
        | WaitReason::TargetRefused => return None,
    };
    Some(advice)
}
