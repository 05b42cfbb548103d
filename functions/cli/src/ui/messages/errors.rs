//! What went wrong, and the way out.

use crate::{
    error::{CliError, Stopped},
    ui::{
        i18n::{tr, tr_static},
        messages::upload::describe_unknown,
    },
};
use app::core::{Error, ErrorKind, RetryAdvice};

/// What ended a command or an upload.
pub(crate) fn describe(error: &CliError) -> String {
    match error {
        // These are in the language in use already.
        CliError::Usage(error) | CliError::Local(error) => error.to_string(),
        CliError::NoSuchUpload(upload) => describe_unknown(upload),
        CliError::Interrupted { .. } => Stopped::describe(),
        CliError::NotApplicable(error) | CliError::App(error) => describe_app(error),
    }
}

/// What ended one upload of several, and the way out.
pub(crate) fn describe_failure(source: &str, error: &CliError) -> String {
    let label = tr_static!("failed     ", "失败  ");
    format!("{label}  {source}  {} [{}]{}", describe(error), error.code(), describe_way_out(error))
}

/// An error of the application. Its details are English in every language, since they are the same in logs.
pub(crate) fn describe_app(error: &Error) -> String {
    let text = error.to_string();
    let class = classify_zh(error.kind());
    tr!("{text}", "{class}：{text}")
}

/// The kind of an error, in Chinese.
fn classify_zh(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidJob | ErrorKind::Usage => "请求不符合要求",
        ErrorKind::NoSuchUpload => "没有这个上传",
        ErrorKind::WrongState => "上传当前的状态不允许此操作",
        ErrorKind::SourceMissing => "来源不存在",
        ErrorKind::SourceChanged => "来源已改变",
        ErrorKind::SourceDenied => "来源拒绝访问",
        ErrorKind::Source => "来源出错",
        ErrorKind::Target => "优酷的存储出错",
        ErrorKind::CredentialExpired => "优酷存储的临时凭证已过期",
        ErrorKind::NoSuchMultipart => "优酷的存储不认识这个分片上传",
        ErrorKind::PartExists => "优酷的存储已有这个分片",
        ErrorKind::Unauthorized => "优酷拒绝访问令牌",
        ErrorKind::ClientRefused => "优酷不认识账号的 client_id",
        ErrorKind::Reauthorize => "需要重新授权",
        ErrorKind::SessionOver => "上传会话已结束",
        ErrorKind::RateLimited => "优酷暂时限制调用",
        ErrorKind::Youku => "优酷出错",
        ErrorKind::Integrity | ErrorKind::VerificationFailed => "数据校验不一致",
        ErrorKind::HashRefused => "优酷收到的文件与声明的 MD5 不符",
        ErrorKind::CommitUnknown => "提交结果未知",
        ErrorKind::Deadline => "时间不够",
        ErrorKind::Cancelled => "已取消",
        ErrorKind::InProgress => "正在别处进行",
        ErrorKind::Superseded => "已由别处接手",
        ErrorKind::Ledger => "台账出错",
        ErrorKind::Config => "设置有误",
        ErrorKind::Failed => "失败",
        // A kind that is newer than this table.
        _ => "出错",
    }
}

/// A line about what a person can do, where the error does not say so itself; else nothing.
pub(crate) fn describe_way_out(error: &CliError) -> String {
    let way = match error {
        CliError::Usage(_)
        | CliError::Local(_)
        | CliError::NoSuchUpload(_)
        | CliError::Interrupted { .. } => None,
        CliError::NotApplicable(_) => Some(tr_static!(
            "oss2youku explain shows the state of the upload",
            "oss2youku explain 可查看该上传的状态"
        )),
        CliError::App(error) => find_way_out(error),
    };
    way.map(|way| format!("\n           {way}")).unwrap_or_default()
}

fn find_way_out(error: &Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::Config => tr_static!(
            "Settings come from oss2youku.toml in the working directory, or the file that OSS2YOUKU_CONFIG names, \
             and from variables OSS2YOUKU_...; `oss2youku init` writes such a file",
            "设置来自当前目录的 oss2youku.toml 或 OSS2YOUKU_CONFIG 指定的文件，以及 OSS2YOUKU_... 变量；`oss2youku init` 可生成该文件"
        ),
        ErrorKind::InvalidJob => tr_static!(
            "Correct what it names (--title, --tags, --meta, ...), then upload again",
            "请按提示修改（--title、--tags、--meta 等）后重新上传"
        ),
        ErrorKind::SourceMissing => tr_static!("Check bucket and key", "请检查 bucket 和 key"),
        ErrorKind::SourceDenied => tr_static!(
            "Check the key (source.access_key_id and source.access_key_secret, or ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET) and its \
             rights: oss2youku doctor",
            "请检查密钥（source.access_key_id 与 source.access_key_secret，或 ALIBABA_CLOUD_ACCESS_KEY_ID 与 _SECRET）及其权限：oss2youku doctor"
        ),
        ErrorKind::Unauthorized | ErrorKind::Reauthorize => tr_static!(
            "Put a new access_token and refresh_token of the account into the settings (cloud.youku.com/tools); oss2youku doctor shows \
             their state",
            "请把账号新的 access_token 和 refresh_token 写入设置（cloud.youku.com/tools）；oss2youku doctor 可查看状态"
        ),
        ErrorKind::ClientRefused => tr_static!(
            "Correct client_id of the account in the settings (accounts.NAME.client_id): Youku does not know it",
            "请修改设置中该账号的 client_id（accounts.NAME.client_id）：优酷不认识它"
        ),
        ErrorKind::SourceChanged => tr_static!("Upload it again", "请重新上传"),
        ErrorKind::Source | ErrorKind::Target | ErrorKind::Youku | ErrorKind::Ledger
            if error.advice() != RetryAdvice::Permanent =>
        {
            tr_static!(
                "Nothing is lost: run the same command again once it can be reached; oss2youku doctor finds the cause",
                "已完成的部分不会丢失：恢复后重新运行同一命令即可；oss2youku doctor 可协助排查"
            )
        }
        ErrorKind::RateLimited => tr_static!("Run the same command again later", "请稍后重新运行同一命令"),
        ErrorKind::Cancelled
        | ErrorKind::Source
        | ErrorKind::Target
        | ErrorKind::Youku
        | ErrorKind::Failed
        | ErrorKind::Integrity
        | ErrorKind::VerificationFailed
        | ErrorKind::HashRefused
        | ErrorKind::CommitUnknown => tr_static!(
            "oss2youku explain shows more; upload --retry retries it",
            "oss2youku explain 可查看详情；upload --retry 可重试"
        ),
        _ => return None,
    })
}

/// A callback that the settings do not allow.
pub(crate) fn describe_refused_callback(why: &str) -> String {
    tr!(
        "--callback {why}: section [callback] of the settings states which callbacks are allowed",
        "--callback {why}：设置的 [callback] 一节决定允许回调哪些地址"
    )
}

/// A function that answered with a failure, and the way out.
pub(crate) fn describe_function_failure(source: &str, code: &str, message: &str, error: &str) -> String {
    let way = match code {
        "400" => tr_static!("Correct what it names", "请按提示修改"),
        "401" => tr_static!(
            "Send a token of the function's http.tokens: --token-file",
            "请用 --token-file 提供函数 http.tokens 中的令牌"
        ),
        "403" => tr_static!(
            "Send another token, or grant this one the right in the function's http.tokens",
            "请换一个令牌，或在函数的 http.tokens 中授予它这项权限"
        ),
        "404" => {
            tr_static!("Check bucket and key, as the function sees them", "请检查函数所见的 bucket 和 key")
        }
        "409" | "429" | "503" => tr_static!("Try again later", "请稍后再试"),
        _ => tr_static!("See the function's log", "请查看函数的日志"),
    };
    tr!(
        "failed       {source}  {code}: {message} [{error}]\n           {way}",
        "失败  {source}  {code}：{message} [{error}]\n           {way}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind) -> Error {
        Error::new(kind, "x", "why")
    }

    /// Errors of the command line say what to do themselves; those of the application get a line about it.
    #[test]
    fn only_errors_of_the_application_get_a_way_out() {
        for own in [CliError::usage("why"), CliError::local(ErrorKind::Source, "why"), Stopped.into()] {
            assert_eq!(describe_way_out(&own), "", "{own:?}");
        }
        let way_out = |error: CliError| describe_way_out(&error);
        assert!(way_out(error(ErrorKind::InvalidJob).into()).contains("--title"));
        let not_applicable = CliError::from_upload_command(error(ErrorKind::WrongState));
        assert!(way_out(not_applicable).contains("oss2youku explain"));
    }

    /// The codes of `--json` are stable, whoever found the error.
    #[test]
    fn json_codes_follow_the_kind() {
        for (error, code) in [
            (CliError::usage("why"), "invalid_job"),
            (CliError::from_upload_command(error(ErrorKind::WrongState)), "wrong_state"),
            (CliError::local(ErrorKind::SourceMissing, "why"), "source_missing"),
            (error(ErrorKind::Youku).into(), "youku_failed"),
            (Stopped.into(), "deadline"),
            (CliError::NoSuchUpload("x".into()), "no_such_upload"),
        ] {
            assert_eq!(error.code(), code);
        }
    }
}
