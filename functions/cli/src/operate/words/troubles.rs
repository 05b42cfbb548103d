//! What is said of what went wrong, and the way out.

use crate::lang::{say, word};
use app::{
    ListError,
    core::{Error, ErrorKind},
};

/// What ended a command early, and the way out.
pub(crate) fn stopped(error: &Error) -> String {
    format!("oss2youku: {}{}", told(error), way_out(error))
}

/// What ended one upload of several, and the way out.
pub(crate) fn failed(source: &str, error: &Error) -> String {
    let verb = word!("failed     ", "失败  ");
    format!("{verb}  {source}  {} [{}]{}", told(error), error.kind().code(), way_out(error))
}

/// The error; its details are English in every language, since they are the same in logs.
pub(super) fn told(error: &Error) -> String {
    let text = error.to_string();
    if error.operation() == crate::exit::OPERATOR && !text.is_ascii() {
        // This command line found it, and has said it in Chinese already.
        return text;
    }
    let class = kind(error.kind());
    say!("{text}", "{class}：{text}")
}

/// What kind of error it is, in Chinese.
fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidJob => "请求不符合要求",
        ErrorKind::SourceMissing => "来源不存在",
        ErrorKind::SourceChanged => "来源已改变",
        ErrorKind::SourceDenied => "来源拒绝访问",
        ErrorKind::Source => "来源出错",
        ErrorKind::Target => "优酷的存储出错",
        ErrorKind::CredentialExpired => "优酷存储的临时凭证已过期",
        ErrorKind::NoSuchUpload => "优酷的存储不认识这个分片上传",
        ErrorKind::PartExists => "优酷的存储已有这个分片",
        ErrorKind::Unauthorized => "优酷拒绝访问令牌",
        ErrorKind::ClientRefused => "优酷不认识账号的 client_id",
        ErrorKind::Reauthorize => "需要重新授权",
        ErrorKind::SessionOver => "上传会话已结束",
        ErrorKind::RateLimited => "优酷暂时限制调用",
        ErrorKind::Youku => "优酷出错",
        ErrorKind::Integrity => "数据校验不一致",
        ErrorKind::HashRefused => "优酷收到的文件与声明的 MD5 不符",
        ErrorKind::CommitUnknown => "提交结果未知",
        ErrorKind::Deadline => "时间不够",
        ErrorKind::Cancelled => "已取消",
        ErrorKind::InProgress => "正在别处进行",
        ErrorKind::Superseded => "已由别处接手",
        ErrorKind::Ledger => "台账出错",
        ErrorKind::Config => "设置有误",
        ErrorKind::Failed => "失败",
        // One that is newer than this table.
        _ => "出错",
    }
}

/// A line about what a person can do, where the error does not say so itself.
fn way_out(error: &Error) -> String {
    let way = match error.kind() {
        ErrorKind::Config => word!(
            "Settings come from oss2youku.toml in the working directory, or the file that OSS2YOUKU_CONFIG names, \
             and from variables OSS2YOUKU_...; `oss2youku init` writes such a file",
            "设置来自当前目录的 oss2youku.toml 或 OSS2YOUKU_CONFIG 指定的文件，以及 OSS2YOUKU_... 变量；`oss2youku init` 可生成该文件"
        ),
        _ if error.operation() == crate::exit::OPERATOR => return String::new(),
        _ if crate::exit::is_usage(error) => {
            word!("oss2youku explain tells how the upload stands", "oss2youku explain 可查看该上传的状态")
        }
        ErrorKind::InvalidJob => word!(
            "Correct what it names (--title, --tags, --meta, ...), then upload again",
            "请按提示修改（--title、--tags、--meta 等）后重新上传"
        ),
        ErrorKind::SourceMissing => word!("Check bucket and key", "请检查 bucket 和 key"),
        ErrorKind::SourceDenied => word!(
            "Check the key (source.access_key_id and source.access_key_secret, or ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET) and its \
             rights: oss2youku doctor",
            "请检查密钥（source.access_key_id 与 source.access_key_secret，或 ALIBABA_CLOUD_ACCESS_KEY_ID 与 _SECRET）及其权限：oss2youku doctor"
        ),
        ErrorKind::Unauthorized | ErrorKind::Reauthorize => word!(
            "Put a new access_token and refresh_token of the account into the settings (cloud.youku.com/tools); oss2youku doctor shows \
             how it stands",
            "请把账号新的 access_token 和 refresh_token 写入设置（cloud.youku.com/tools）；oss2youku doctor 可查看状态"
        ),
        ErrorKind::ClientRefused => word!(
            "Correct client_id of the account in the settings (accounts.NAME.client_id): Youku does not know it",
            "请修改设置中该账号的 client_id（accounts.NAME.client_id）：优酷不认识它"
        ),
        ErrorKind::SourceChanged => word!("Upload it again", "请重新上传"),
        ErrorKind::Source | ErrorKind::Target | ErrorKind::Youku | ErrorKind::Ledger
            if error.advice() != app::core::RetryAdvice::Permanent =>
        {
            word!(
                "Nothing is lost: run the same command again once it can be reached; oss2youku doctor looks into it",
                "已完成的部分不会丢失：恢复后重新运行同一命令即可；oss2youku doctor 可协助排查"
            )
        }
        ErrorKind::RateLimited => word!("Run the same command again later", "请稍后重新运行同一命令"),
        ErrorKind::Cancelled
        | ErrorKind::Source
        | ErrorKind::Target
        | ErrorKind::Youku
        | ErrorKind::Failed
        | ErrorKind::Integrity
        | ErrorKind::HashRefused
        | ErrorKind::CommitUnknown => word!(
            "oss2youku explain tells more; upload --retry tries it again",
            "oss2youku explain 可查看详情；upload --retry 可重试"
        ),
        _ => return String::new(),
    };
    format!("\n           {way}")
}

pub(crate) fn callback_refused(why: &str) -> String {
    say!(
        "--callback {why}: section [callback] of the settings says what may be called",
        "--callback {why}：设置的 [callback] 一节决定哪些地址可以调用"
    )
}

pub(crate) fn function_failed(source: &str, code: &str, said: &str, error: &str) -> String {
    let way = match code {
        "400" => word!("Correct what it names", "请按提示修改"),
        "401" => word!(
            "Show a token of the function's http.tokens: --token-file",
            "请用 --token-file 提供函数 http.tokens 中的令牌"
        ),
        "403" => word!(
            "Show another token, or give this one the right in the function's http.tokens",
            "请换一个令牌，或在函数的 http.tokens 中给它这项权限"
        ),
        "404" => word!("Check bucket and key, as the function sees them", "请检查函数所见的 bucket 和 key"),
        "409" | "429" | "503" => word!("Ask again later", "请稍后再试"),
        _ => word!("See the function's log", "请查看函数的日志"),
    };
    say!(
        "failed       {source}  {code}: {said} [{error}]\n           {way}",
        "失败  {source}  {code}：{said} [{error}]\n           {way}"
    )
}

pub(crate) fn trouble(object: Option<&str>, error: &Error) -> String {
    let object = object.map(|object| format!("{object}  ")).unwrap_or_default();
    let word = word!("trouble", "出错");
    format!("{word}  {object}{} [{}]", told(error), error.kind().code())
}

/// What stands among the open uploads and cannot be read.
pub(crate) fn unreadable(trouble: &ListError) -> String {
    let ListError { error, detail: message, .. } = trouble;
    say!("trouble  {message} [{error}]", "出错  台账中有无法读取的标记：{message} [{error}]")
}
