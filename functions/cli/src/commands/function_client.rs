//! What `invoke` and `doctor` need to call a function.

use crate::{
    error::CliError,
    ui::{details::localize_io, i18n::tr},
};
use app::core::ErrorKind;
use std::{fs, path::Path, time::Duration};

/// Reads a file that a flag names.
pub(super) fn read_file(flag: &str, path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|error| {
        let why = localize_io(&error);
        let why = tr!("{flag}: the file cannot be read: {why}", "{flag}：无法读取文件：{why}");
        CliError::usage(why).with_context("file", path.display().to_string())
    })
}

/// Reads the bearer token in the file of `--token-file`.
pub(super) fn read_token(path: &Path) -> Result<String, CliError> {
    let text = read_file("--token-file", path)?;
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let why = tr!(
            "--token-file: expected one line of visible ASCII characters",
            "--token-file：应为一行可见 ASCII 字符"
        );
        return Err(CliError::usage(why).with_context("file", path.display().to_string()));
    }
    Ok(token.to_owned())
}

/// Describes a function that cannot be reached.
pub(super) fn describe_unreachable(url: &str) -> CliError {
    let why = tr!(
        "the function cannot be reached: check --function-url, and that it runs",
        "无法连接函数：请检查 --function-url，以及函数是否在运行"
    );
    describe_absent(why, url)
}

/// Describes a function that takes the connection, and does not answer within `limit`.
pub(super) fn describe_unanswered(limit: Duration, url: &str) -> CliError {
    let seconds = limit.as_secs();
    let why = tr!(
        "the function did not answer within {seconds} s: check --function-url, and see the function's log",
        "函数在 {seconds} 秒内没有应答：请检查 --function-url，并查看函数的日志"
    );
    describe_absent(why, url)
}

fn describe_absent(why: String, url: &str) -> CliError {
    // Without path, query and what precedes an @: each may hold a password.
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = format!("{scheme}://{}", authority.rsplit('@').next().unwrap_or_default());
    CliError::local(ErrorKind::Source, why).with_context("function", host).retryable()
}
