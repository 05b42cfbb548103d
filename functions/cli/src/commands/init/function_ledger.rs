//! The ledger of a function that publishes with the same account: a refresh token works only once, so all that renew it share one ledger.

use crate::{args::InitArgs, error::CliError, ui::i18n::tr};
use std::env;

/// Sets the function's ledger where there is a function and no flag states it.
///
/// # Errors
/// Names the missing flag, since it cannot be guessed; where a function cannot reach the ledger.
pub(super) fn apply(args: &mut InitArgs) -> Result<(), CliError> {
    if !args.with_function {
        return Ok(());
    }
    let ledger = args.ledger.take().or_else(find_location).ok_or_else(|| describe_missing("--ledger"))?;
    if !ledger.contains("://") {
        return Err(CliError::usage(tr!(
            "--ledger: a function's ledger is in a bucket: oss://bucket/prefix/ or s3://bucket/prefix/",
            "--ledger：函数的台账在 bucket 中：oss://bucket/prefix/ 或 s3://bucket/prefix/"
        )));
    }
    args.seal_key =
        Some(args.seal_key.take().or_else(find_seal_key).ok_or_else(|| describe_missing("--seal-key"))?);
    args.ledger = Some(ledger);
    Ok(())
}

/// Warns where a refresh token got a ledger of its own.
pub(super) fn describe_warning() -> String {
    tr!(
        "note         a refresh token works once: if a function or another machine renews the same one, both must use one ledger \
         (--with-function --ledger PLACE --seal-key KEY)",
        "注意  刷新令牌只能用一次：若函数或其他机器也续期同一令牌，双方必须使用同一台账（--with-function --ledger 位置 --seal-key 密钥）"
    )
}

fn describe_missing(flag: &str) -> CliError {
    CliError::usage(tr!(
        "{flag} is missing: see the function's own settings",
        "缺少 {flag}：请查看函数自己的设置"
    ))
}

/// Finds the location in the variables of this shell: the function's own, or those that template.yml reads.
pub(super) fn find_location() -> Option<String> {
    let bucket = || read_variable("LEDGER_BUCKET").map(|bucket| format!("oss://{bucket}/oss2youku/"));
    read_variable("OSS2YOUKU_LEDGER__LOCATION").or_else(bucket)
}

/// Finds the seal key in the same variables.
pub(super) fn find_seal_key() -> Option<String> {
    read_variable("OSS2YOUKU_LEDGER__SEAL_KEY").or_else(|| read_variable("LEDGER_SEAL_KEY"))
}

fn read_variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
