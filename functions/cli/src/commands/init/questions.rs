//! The questions of `init` on a terminal.

use super::{
    checks::{
        Checked, check_bucket, check_ledger, check_outside_rule, check_prefix, check_public_type,
        check_region, check_seal_key, check_shared_ledger, check_word, check_yes_or_no,
    },
    function_ledger,
    prompt::{Question, print_note},
    storage_key::{self, KeyOrigin},
};
use crate::{
    args::InitArgs,
    ui::{i18n::tr, output::escape},
};
use std::io;

/// Asks for what no flag states. An empty answer leaves out what can be left out; what does not fit is asked for again at once.
///
/// # Errors
/// Where the terminal cannot be read, or its input ended.
pub(super) fn ask(args: &mut InitArgs, has_endpoint: bool) -> io::Result<()> {
    ask_about_account(args)?;
    ask_about_function(args)?;
    ask_about_rule(args)?;
    if !args.with_function {
        let text = tr!(
            "ledger: oss://bucket/prefix/ or a folder (empty: your state folder)",
            "台账：oss://bucket/prefix/ 或目录（留空则用个人状态目录）"
        );
        let rule = args.bucket.clone().map(|bucket| (bucket, args.prefix.clone().unwrap_or_default()));
        let check = |answer: &str| {
            let checked = check_ledger(answer)?;
            match &rule {
                Some((bucket, prefix)) => check_outside_rule(&checked, bucket, prefix).map(|()| checked),
                None => Ok(checked),
            }
        };
        ask_one(&mut args.ledger, text, Needed::No, &check)?;
    }
    let ledger_in_oss = args.ledger.as_deref().is_some_and(|place| place.starts_with("oss://"));
    let needs_region = (args.bucket.is_some() || ledger_in_oss) && !has_endpoint;
    let needed = if needs_region { Needed::Yes } else { Needed::No };
    let text = match needs_region {
        true => tr!("region of the bucket, such as cn-hangzhou", "bucket 所在地域，如 cn-hangzhou"),
        false => {
            tr!("region, such as cn-hangzhou (empty: none)", "bucket 所在地域，如 cn-hangzhou（留空则不设）")
        }
    };
    ask_one(&mut args.region, text, needed, &check_region)?;
    ask_about_storage_key(args)
}

fn ask_about_account(args: &mut InitArgs) -> io::Result<()> {
    let text = tr!("Youku client id", "优酷 client_id");
    ask_one(&mut args.client_id, text, Needed::Yes, &check_word)?;
    let text =
        tr!("access token (cloud.youku.com/tools), not shown", "访问令牌（cloud.youku.com/tools），不显示");
    ask_secret(&mut args.access_token, text, Needed::Yes, &check_word)?;
    let text = tr!(
        "refresh token, not shown (empty: the access token is not renewed)",
        "刷新令牌，不显示（留空则访问令牌不会续期）"
    );
    ask_secret(&mut args.refresh_token, text, Needed::No, &check_word)
}

fn ask_about_rule(args: &mut InitArgs) -> io::Result<()> {
    let text =
        tr!("bucket to publish from automatically (empty: none)", "自动发布的 bucket（留空则不自动发布）");
    ask_one(&mut args.bucket, text, Needed::No, &check_bucket)?;
    if args.bucket.is_none() {
        return Ok(());
    }
    let text = tr!(
        "key prefix of those videos (empty: the whole bucket)",
        "这些视频的 key 前缀（留空则为整个 bucket）"
    );
    if args.prefix.is_none() {
        let (bucket, ledger) = (args.bucket.clone().unwrap_or_default(), args.ledger.clone());
        // A ledger that is known already cannot move.
        let check = |answer: &str| {
            let checked = check_prefix(answer)?;
            match &ledger {
                Some(ledger) => check_outside_rule(ledger, &bucket, &checked).map(|()| checked),
                None => Ok(checked),
            }
        };
        ask_one(&mut args.prefix, text, Needed::No, &check)?;
        args.prefix = args.prefix.take().map(ask_about_slash).transpose()?;
    }
    let text = tr!("who may watch these videos: all or friend", "谁可以观看这些视频：all 或 friend");
    ask_one(&mut args.public_type, text, Needed::Yes, &check_public_type)
}

/// Asks whether a prefix that does not end with a slash is meant as a folder.
fn ask_about_slash(prefix: String) -> io::Result<String> {
    if prefix.ends_with('/') {
        return Ok(prefix);
    }
    let shown = escape(&prefix);
    let text = tr!(
        "is the folder {shown}/ meant? {shown} alone matches keys such as {shown}-old/... as well (y/n)",
        "是否指目录 {shown}/？单独的 {shown} 也会匹配 {shown}-old/... 这样的 key（y/n）"
    );
    Ok(if ask_yes_or_no(text, Some(true))? { format!("{prefix}/") } else { prefix })
}

/// Asks whether a function publishes with the same account, and proposes its ledger.
fn ask_about_function(args: &mut InitArgs) -> io::Result<()> {
    if args.refresh_token.is_some() && args.ledger.is_none() && !args.with_function {
        let text = tr!(
            "does a function, or another machine, publish with this account already? (y/n)",
            "是否已有函数或其他机器用这个账号发布？（y/n）"
        );
        args.with_function = ask_yes_or_no(text, None)?;
    }
    if !args.with_function {
        return Ok(());
    }
    let proposed = function_ledger::find_location();
    let shown = proposed.as_ref().map(|location| format!(" [{location}]")).unwrap_or_default();
    let text = tr!(
        "its ledger (OSS2YOUKU_LEDGER__LOCATION){shown}",
        "它的台账（OSS2YOUKU_LEDGER__LOCATION）{shown}"
    );
    let needed = if proposed.is_some() { Needed::No } else { Needed::Yes };
    ask_one(&mut args.ledger, text, needed, &check_shared_ledger)?;
    let ledger = args.ledger.as_ref().or(proposed.as_ref());
    match ledger.and_then(|ledger| function_ledger::find_seal_key(ledger)) {
        Some(_) => Ok(()),
        None => ask_seal_key(&mut args.seal_key),
    }
}

/// Asks for the seal key of a ledger that is in use.
pub(super) fn ask_seal_key(answer: &mut Option<String>) -> io::Result<()> {
    let text = tr!(
        "its seal key (OSS2YOUKU_LEDGER__SEAL_KEY), not shown",
        "它的密封密钥（OSS2YOUKU_LEDGER__SEAL_KEY），不显示"
    );
    ask_secret(answer, text, Needed::Yes, &check_seal_key)
}

/// Asks a question that has two answers. An empty one is `default`, which is shown; without a default it is asked again.
pub(super) fn ask_yes_or_no(text: String, default: Option<bool>) -> io::Result<bool> {
    let name = |yes: bool| if yes { "y" } else { "n" };
    let text = default.map_or(text.clone(), |default| format!("{text} [{}]", name(default)));
    let is_required = default.is_none();
    let question = Question { text, is_required, is_secret: false, check: &check_yes_or_no };
    if let Some(answer) = question.ask()? {
        return Ok(answer == "y");
    }
    let taken = default.unwrap_or_default();
    print_note(&tr!("  taken: {}", "  采用：{}", name(taken)));
    Ok(taken)
}

/// Asks for the key of the store, or says where it comes from.
fn ask_about_storage_key(args: &mut InitArgs) -> io::Result<()> {
    match storage_key::find_origin(args) {
        KeyOrigin::Flags => {}
        KeyOrigin::Variables(note) => print_note(&note),
        KeyOrigin::Unknown => {
            let text = tr!(
                "access key id for OSS (empty: from ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or a role, when a \
                 command runs)",
                "OSS 的 AccessKey ID（留空则运行时取自 ALIBABA_CLOUD_ACCESS_KEY_ID 与 ALIBABA_CLOUD_ACCESS_KEY_SECRET，或角色）"
            );
            ask_one(&mut args.access_key_id, text, Needed::No, &check_word)?;
        }
    }
    if args.access_key_id.is_some() {
        let text = tr!("its secret, not shown", "它的 AccessKey Secret，不显示");
        ask_secret(&mut args.access_key_secret, text, Needed::Yes, &check_word)?;
    }
    Ok(())
}

/// Whether an empty answer is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needed {
    Yes,
    No,
}

/// Asks one question, unless a flag answers it.
fn ask_one(
    answer: &mut Option<String>,
    text: String,
    needed: Needed,
    check: &dyn Fn(&str) -> Checked,
) -> io::Result<()> {
    ask_unless_known(answer, Question { text, is_required: needed == Needed::Yes, is_secret: false, check })
}

/// The same for an answer that is not shown.
fn ask_secret(
    answer: &mut Option<String>,
    text: String,
    needed: Needed,
    check: &dyn Fn(&str) -> Checked,
) -> io::Result<()> {
    ask_unless_known(answer, Question { text, is_required: needed == Needed::Yes, is_secret: true, check })
}

fn ask_unless_known(answer: &mut Option<String>, question: Question<'_>) -> io::Result<()> {
    if answer.is_none() {
        *answer = question.ask()?;
    }
    Ok(())
}
