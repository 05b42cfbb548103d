//! The ledger of a function that publishes with the same account: a refresh token works once, so all that renew it share one ledger.

use super::{Init, one, wrong};
use crate::lang::say;
use app::core::Error;
use std::{env, io};

/// Asks whether there is such a function, and proposes its ledger.
pub(super) fn ask(arguments: &mut Init) -> io::Result<()> {
    if arguments.refresh_token.is_some() && arguments.ledger.is_none() && !arguments.with_function {
        let mut answer = None;
        let question = say!(
            "does a function, or another machine, publish with this account already? (y/n)",
            "是否已有函数或其他机器用这个账号发布？（y/n）"
        );
        one(&mut answer, &question)?;
        arguments.with_function = answer.is_some_and(|said| said.starts_with(['y', 'Y', '是', '有']));
    }
    if arguments.with_function {
        let proposed = place().map(|place| format!(" [{place}]")).unwrap_or_default();
        one(
            &mut arguments.ledger,
            &say!(
                "its ledger (OSS2YOUKU_LEDGER__LOCATION){proposed}",
                "它的台账（OSS2YOUKU_LEDGER__LOCATION）{proposed}"
            ),
        )?;
        if seal_key().is_none() {
            one(
                &mut arguments.seal_key,
                &say!(
                    "its seal key (OSS2YOUKU_LEDGER__SEAL_KEY)",
                    "它的密封密钥（OSS2YOUKU_LEDGER__SEAL_KEY）"
                ),
            )?;
        }
    }
    Ok(())
}

/// Takes the function's ledger where there is a function and no flag says which.
///
/// # Errors
/// Names the flag that is missing, since nobody can guess it; where the ledger is one that a function cannot reach.
pub(super) fn take(arguments: &mut Init) -> Result<(), Error> {
    if !arguments.with_function {
        return Ok(());
    }
    let ledger = arguments.ledger.take().or_else(place).ok_or_else(|| missing("--ledger"))?;
    if !ledger.contains("://") {
        return Err(wrong(say!(
            "--ledger: a function's ledger is a bucket's: oss://bucket/prefix/ or s3://bucket/prefix/",
            "--ledger：函数的台账在 bucket 中：oss://bucket/prefix/ 或 s3://bucket/prefix/"
        )));
    }
    arguments.seal_key =
        Some(arguments.seal_key.take().or_else(seal_key).ok_or_else(|| missing("--seal-key"))?);
    arguments.ledger = Some(ledger);
    Ok(())
}

/// What is said where a refresh token got a ledger of its own.
pub(super) fn warning() -> String {
    say!(
        "note         a refresh token works once: where a function or another machine renews the same one, both need one ledger \
         (--with-function --ledger PLACE --seal-key KEY)",
        "注意  刷新令牌只能用一次：若函数或其他机器也续期同一令牌，双方必须使用同一台账（--with-function --ledger 位置 --seal-key 密钥）"
    )
}

fn missing(flag: &str) -> Error {
    wrong(say!("{flag} is missing: the function's own settings say it", "缺少 {flag}：请查看函数自己的设置"))
}

/// What the variables of this shell say of it: the function's own, or those that template.yml reads.
fn place() -> Option<String> {
    let bucket = || variable("LEDGER_BUCKET").map(|bucket| format!("oss://{bucket}/oss2youku/"));
    variable("OSS2YOUKU_LEDGER__LOCATION").or_else(bucket)
}

fn seal_key() -> Option<String> {
    variable("OSS2YOUKU_LEDGER__SEAL_KEY").or_else(|| variable("LEDGER_SEAL_KEY"))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
