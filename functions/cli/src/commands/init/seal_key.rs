//! The key that seals a ledger in a bucket. A ledger that is in use keeps its key: with another one its secrets do not open.

use super::{function_ledger, legacy::LegacySettings, prompt::describe_no_answer, questions, settings_file};
use crate::{
    args::InitArgs,
    error::CliError,
    ui::{details::describe, i18n::tr},
};
use app::{App, Cause, Settings, find_cause};
use std::{env, fs, time::Duration};
use tokio::time::timeout;

/// How long the bucket is asked.
const ASK_TIME: Duration = Duration::from_secs(20);

/// Sets the key where the ledger is in a bucket and nobody stated it: that of the file which is replaced, that of the shell's variables
/// where they name this ledger, or a new one where the bucket has no such ledger yet. On a terminal it asks for what cannot be found out.
///
/// # Errors
/// Where the ledger is in use and its key is not known, or it cannot be found out whether it is; names the flag that helps.
pub(super) async fn settle(
    args: &mut InitArgs,
    legacy: &LegacySettings,
    is_terminal: bool,
) -> Result<(), CliError> {
    let Some(ledger) = args.ledger.clone().filter(|place| place.contains("://")) else { return Ok(()) };
    if args.seal_key.is_none() {
        args.seal_key = find_in_file(args, &ledger).or_else(|| function_ledger::find_seal_key(&ledger));
    }
    if args.seal_key.is_some() {
        return Ok(());
    }
    let new = app::random_seal_key()?;
    args.seal_key = Some(new.clone());
    let in_use = is_in_use(args, legacy).await?;
    args.seal_key = None;
    let is_in_use = match in_use {
        Ok(is_in_use) => is_in_use,
        Err(why) if is_terminal => {
            let text = tr!(
                "is the ledger at {ledger} in use already? It cannot be found out from here ({why}) (y/n)",
                "{ledger} 的台账是否已在使用？从本机无法查询（{why}）（y/n）"
            );
            questions::ask_yes_or_no(text, None).map_err(describe_no_answer)?
        }
        Err(_) if args.new_seal_key => false,
        Err(why) => {
            return Err(CliError::usage(tr!(
                "whether the ledger at {ledger} is in use already cannot be found out from here ({why}): give its key with --seal-key, or, \
                 if it is new, say --new-seal-key",
                "从本机无法查询 {ledger} 的台账是否已在使用（{why}）：请用 --seal-key 给出它的密钥；若是新台账，请加 --new-seal-key"
            )));
        }
    };
    match (is_in_use, is_terminal) {
        (false, _) => args.seal_key = Some(new),
        (true, true) => {
            questions::ask_seal_key(&mut args.seal_key).map_err(describe_no_answer)?;
        }
        (true, false) => {
            return Err(CliError::usage(tr!(
                "the ledger at {ledger} is in use, and another key would not open its secrets: give its key with --seal-key (ledger.seal_key of \
                 who uses it, OSS2YOUKU_LEDGER__SEAL_KEY)",
                "{ledger} 的台账已在使用，换密钥将无法解密其内容：请用 --seal-key 给出它的密钥（使用者的 ledger.seal_key 或 OSS2YOUKU_LEDGER__SEAL_KEY）"
            )));
        }
    }
    Ok(())
}

/// The key in the file that is to be replaced, where that has the same ledger.
fn find_in_file(args: &InitArgs, ledger: &str) -> Option<String> {
    let file: toml::Table = fs::read_to_string(&args.out).ok()?.parse().ok()?;
    let old = file.get("ledger")?;
    let is_same = old.get("location")?.as_str()?.trim_end_matches('/') == ledger.trim_end_matches('/');
    old.get("seal_key")?.as_str().filter(|key| is_same && !key.is_empty()).map(Into::into)
}

/// Asks the bucket whether it has this ledger: the inner error is why that could not be found out.
///
/// # Errors
/// Where the settings would not work.
async fn is_in_use(args: &InitArgs, legacy: &LegacySettings) -> Result<Result<bool, String>, CliError> {
    let text = settings_file::render(args, legacy)?;
    // Of this shell only what says how stores are reached counts.
    let variables = env::vars().filter(|(name, _)| name.starts_with("OSS2YOUKU_SOURCE__"));
    let app = App::from_settings(Settings::from_parts(&args.out.display().to_string(), &text, variables)?)?;
    let asking = async {
        match app.ledger_to_read(None).await? {
            Some(ledger) => ledger.is_born().await,
            None => Ok(false),
        }
    };
    let asked = timeout(ASK_TIME, asking).await;
    Ok(match asked {
        Ok(Ok(is_in_use)) => Ok(is_in_use),
        Ok(Err(error)) => match find_cause(&error) {
            Some(Cause::NoSuchBucket { .. }) => Ok(false),
            Some(Cause::VersionedBucket) => return Err(error.into()),
            _ => Err(describe(&error).text),
        },
        Err(_) => Err(tr!("no answer in time", "没有及时应答")),
    })
}
