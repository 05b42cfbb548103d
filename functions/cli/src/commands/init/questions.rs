//! Questions on a terminal.

use super::function_ledger;
use crate::{args::InitArgs, ui::i18n::tr};
use std::io::{self, Write, stderr, stdin};

/// Asks for what no flag states; an empty answer leaves it out.
pub(super) fn ask(args: &mut InitArgs) -> io::Result<()> {
    ask_one(&mut args.client_id, &tr!("Youku client id", "优酷 client_id"))?;
    ask_one(
        &mut args.access_token,
        &tr!("access token (cloud.youku.com/tools)", "访问令牌（cloud.youku.com/tools）"),
    )?;
    ask_one(&mut args.refresh_token, &tr!("refresh token", "刷新令牌"))?;
    ask_about_function(args)?;
    ask_one(
        &mut args.bucket,
        &tr!("bucket to publish from automatically (empty: none)", "自动发布的 bucket（留空则不自动发布）"),
    )?;
    if args.bucket.is_some() {
        ask_one(
            &mut args.public_type,
            &tr!("who may watch these videos: all or friend", "谁可以观看这些视频：all 或 friend"),
        )?;
    }
    ask_one(&mut args.region, &tr!("region, such as cn-hangzhou", "bucket 所在地域，如 cn-hangzhou"))?;
    if args.with_function {
        return Ok(());
    }
    ask_one(
        &mut args.ledger,
        &tr!(
            "ledger: oss://bucket/prefix/ or a folder (empty: your state folder)",
            "台账：oss://bucket/prefix/ 或目录（留空则用个人状态目录）"
        ),
    )
}

/// Asks one question, unless a flag answers it.
fn ask_one(answer: &mut Option<String>, question: &str) -> io::Result<()> {
    if answer.is_none() {
        write!(stderr(), "{question}: ")?;
        stderr().flush()?;
        let mut line = String::new();
        stdin().read_line(&mut line)?;
        *answer = Some(line.trim().to_owned()).filter(|line| !line.is_empty());
    }
    Ok(())
}

/// Asks whether a function publishes with the same account, and proposes its ledger.
fn ask_about_function(args: &mut InitArgs) -> io::Result<()> {
    if args.refresh_token.is_some() && args.ledger.is_none() && !args.with_function {
        let mut answer = None;
        let question = tr!(
            "does a function, or another machine, publish with this account already? (y/n)",
            "是否已有函数或其他机器用这个账号发布？（y/n）"
        );
        ask_one(&mut answer, &question)?;
        args.with_function = answer.is_some_and(|answer| answer.starts_with(['y', 'Y', '是', '有']));
    }
    if args.with_function {
        let proposed = function_ledger::find_location().map(|location| format!(" [{location}]"));
        let proposed = proposed.unwrap_or_default();
        ask_one(
            &mut args.ledger,
            &tr!(
                "its ledger (OSS2YOUKU_LEDGER__LOCATION){proposed}",
                "它的台账（OSS2YOUKU_LEDGER__LOCATION）{proposed}"
            ),
        )?;
        if function_ledger::find_seal_key().is_none() {
            ask_one(
                &mut args.seal_key,
                &tr!(
                    "its seal key (OSS2YOUKU_LEDGER__SEAL_KEY)",
                    "它的密封密钥（OSS2YOUKU_LEDGER__SEAL_KEY）"
                ),
            )?;
        }
    }
    Ok(())
}
