//! What went wrong, and the way out.

use crate::{
    error::{CliError, Stopped},
    ui::{
        details,
        i18n::{tr, tr_static},
        messages::{findings, kind, upload::describe_unknown, way_out},
        output::escape,
        shell_text::write_command,
    },
};
use app::core::{Error, ErrorKind, RetryAdvice, UploadError as _};

/// What ended a command or an upload.
pub(crate) fn describe(error: &CliError) -> String {
    match error {
        // Their messages are in the language in use already.
        CliError::Usage(error) | CliError::Local(error) => {
            escape(&details::describe(error).text).into_owned()
        }
        CliError::NoSuchUpload(upload) => describe_unknown(upload),
        CliError::Interrupted { .. } => Stopped::describe(),
        CliError::NotApplicable(error) | CliError::App(error) => describe_app(error),
    }
}

/// What ended one upload of several, and the way out.
pub(crate) fn describe_failure(source: &str, error: &CliError) -> String {
    let (label, source) = (tr_static!("failed     ", "失败  "), escape(source));
    let way = format_way(find_way(error, Advised::Upload));
    format!("{label}  {source}  {} [{}]{way}", describe(error), error.code())
}

/// An error of the application. In Chinese its kind stands first, unless the details are a sentence that says as much.
pub(crate) fn describe_app(error: &Error) -> String {
    let detail = details::describe(error);
    let text = escape(&detail.text);
    if detail.stands_alone {
        return text.into_owned();
    }
    format!("{}：{text}", kind::describe(error.kind()))
}

/// Which command a person is advised about: only `upload` has flags for a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Advised {
    Upload,
    /// The page's form stands next to the error, which names the field.
    Form,
    Other,
}

/// A line about what a person can do, where the error does not say so itself; else nothing.
pub(crate) fn describe_way_out(error: &CliError) -> String {
    format_way(find_way(error, Advised::Other))
}

fn format_way(way: Option<String>) -> String {
    way.map(|way| format!("\n           {way}")).unwrap_or_default()
}

fn find_way(error: &CliError, advised: Advised) -> Option<String> {
    match error {
        CliError::Usage(_)
        | CliError::Local(_)
        | CliError::NoSuchUpload(_)
        | CliError::Interrupted { .. } => None,
        CliError::NotApplicable(error) => {
            let explain = name_explain(error);
            Some(tr!("{explain} shows the state of the upload", "{explain} 可查看该上传的状态"))
        }
        CliError::App(error) => way_out::find(error).or_else(|| find_by_kind(error, advised)),
    }
}

/// What a person at the console's form can do, where the error does not say so itself.
pub(crate) fn find_way_out_of_form(error: &CliError) -> Option<String> {
    find_way(error, Advised::Form)
}

/// The way out that the error's cause has, else that of its kind.
pub(crate) fn find_way_out(error: &Error) -> Option<String> {
    way_out::find(error).or_else(|| find_by_kind(error, Advised::Other))
}

fn find_by_kind(error: &Error, advised: Advised) -> Option<String> {
    let (doctor, init) = (write_command("doctor"), write_command("init"));
    Some(match error.kind() {
        ErrorKind::Config => tr!(
            "Settings come from oss2youku.toml in the working directory, or the file that --config or OSS2YOUKU_CONFIG names, \
             and from variables OSS2YOUKU_...; `{init}` writes such a file",
            "设置来自当前目录的 oss2youku.toml，或由 --config 或 OSS2YOUKU_CONFIG 指定的文件，以及 OSS2YOUKU_... 变量；`{init}` 可生成该文件"
        ),
        ErrorKind::InvalidJob if error.refused_field() == Some("file_name") => tr!(
            "Convert the file, or give it its container's extension where it has a wrong one, then upload again",
            "请转换格式，扩展名写错的请改为实际容器的扩展名，然后重新上传"
        ),
        ErrorKind::InvalidJob if advised == Advised::Form => return None,
        ErrorKind::InvalidJob if advised == Advised::Upload => tr!(
            "Correct what it names (--title, --tags, --meta, ...), then upload again",
            "请按提示修改（--title、--tags、--meta 等）后重新上传"
        ),
        ErrorKind::InvalidJob => tr!(
            "Correct what it names, in the object's metadata, its sidecar or its rule, then write the object again",
            "请按提示修改对象的元数据、旁边的文件或规则，然后重新写入对象"
        ),
        ErrorKind::NotPublishable => {
            let advice = error.preflight().map(findings::advise).unwrap_or_default();
            match advised {
                Advised::Upload => tr!(
                    "{advice} To publish it as it is: the same command with --force",
                    "{advice}如要原样发布：同一命令加上 --force"
                ),
                Advised::Form | Advised::Other => advice,
            }
        }
        ErrorKind::SourceMissing => tr!("Check bucket and key", "请检查 bucket 和 key"),
        ErrorKind::SourceDenied => tr!(
            "Check the key (source.access_key_id and source.access_key_secret, or ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET) and its \
             rights: {doctor}",
            "请检查密钥（source.access_key_id 与 source.access_key_secret，或 ALIBABA_CLOUD_ACCESS_KEY_ID 与 _SECRET）及其权限：{doctor}"
        ),
        ErrorKind::Unauthorized | ErrorKind::Reauthorize => tr!(
            "Put a new access_token and refresh_token of the account into the settings (cloud.youku.com/tools); {doctor} shows \
             their state",
            "请把账号新的 access_token 和 refresh_token 写入设置（cloud.youku.com/tools）；{doctor} 可查看状态"
        ),
        ErrorKind::ClientRefused => tr!(
            "Correct client_id of the account in the settings (accounts.NAME.client_id): Youku does not know it",
            "请修改设置中该账号的 client_id（accounts.NAME.client_id）：优酷不认识它"
        ),
        ErrorKind::SourceChanged => {
            tr!("Upload it again once nothing writes to it any more", "请等它不再写入后重新上传")
        }
        ErrorKind::Source | ErrorKind::Target | ErrorKind::Youku | ErrorKind::Ledger
            if error.advice() != RetryAdvice::Permanent =>
        {
            tr!(
                "Nothing is lost: run the same command again once it can be reached; {doctor} finds the cause",
                "已完成的部分不会丢失：恢复后重新运行同一命令即可；{doctor} 可协助排查"
            )
        }
        ErrorKind::RateLimited => tr!("Run the same command again later", "请稍后重新运行同一命令"),
        ErrorKind::Cancelled
        | ErrorKind::Source
        | ErrorKind::Target
        | ErrorKind::Youku
        | ErrorKind::Failed
        | ErrorKind::Integrity
        | ErrorKind::VerificationFailed
        | ErrorKind::HashRefused
        | ErrorKind::CommitUnknown => {
            let explain = name_explain(error);
            let retry = match (advised, error.upload_id()) {
                (Advised::Other, Some(id)) => write_command(&format!("retry {id}")),
                _ => tr!("the same command with --retry", "同一命令加上 --retry"),
            };
            tr!("{explain} shows more; {retry} retries it", "{explain} 可查看详情；{retry} 可重试")
        }
        _ => return None,
    })
}

/// `explain` of the upload that the error is about, as far as its id is known.
fn name_explain(error: &Error) -> String {
    match error.upload_id() {
        Some(id) => write_command(&format!("explain {id}")),
        None => write_command("explain"),
    }
}

/// A callback that the settings do not allow.
pub(crate) fn describe_refused_callback(why: &str) -> String {
    let why = details::localize(why);
    tr!(
        "--callback {why}: section [callback] of the settings states which callbacks are allowed",
        "--callback：{why}；设置的 [callback] 一节决定允许回调哪些地址"
    )
}

/// A function that answered with a failure, and the way out.
pub(crate) fn describe_function_failure(source: &str, code: &str, message: &str, kind: &str) -> String {
    let message = details::localize(message);
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
        "405" => tr_static!(
            "Give the function's address alone to --function-url, without /uploads",
            "--function-url 请只写函数的地址，不含 /uploads"
        ),
        "409" | "429" | "503" => tr_static!("Try again later", "请稍后再试"),
        _ => tr_static!("See the function's log", "请查看函数的日志"),
    };
    let [source, code, message, kind] = [source, code, &message, kind].map(escape);
    tr!(
        "failed       {source}  {code}: {message} [{kind}]\n           {way}",
        "失败  {source}  {code}：{message} [{kind}]\n           {way}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::core::UploadId;

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
        // Only `upload` has those flags.
        assert!(!way_out(error(ErrorKind::InvalidJob).into()).contains("--title"));
        assert!(describe_failure("a.mp4", &error(ErrorKind::InvalidJob).into()).contains("--title"));
        let id = UploadId::parse("00112233445566778899aabbccddeeff").unwrap_or_else(|| unreachable!());
        let failed = error(ErrorKind::Failed).with_upload_id(&id);
        assert!(way_out(failed.into()).ends_with(&format!("oss2youku retry {id} retries it")));
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
