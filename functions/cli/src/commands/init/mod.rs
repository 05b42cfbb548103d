//! `init`: writes a settings file with a comment on each setting, from flags, from the legacy worker's settings, or by asking.
//!
//! | module | what it does |
//! |---|---|
//! | `questions`, `prompt`, `checks` | asks on a terminal until each answer fits |
//! | `legacy`, `python_literals` | reads the legacy worker's Python files |
//! | `function_ledger`, `seal_key`, `storage_key` | the ledger of a function, the key of a ledger, the key of a store |
//! | `settings_file`, `next_steps` | writes the file, and says what comes next |

mod checks;
mod function_ledger;
mod legacy;
mod next_steps;
mod prompt;
mod python_literals;
mod questions;
mod seal_key;
mod settings_file;
mod storage_key;

use crate::{
    args::{DEFAULT_OUT, InitArgs},
    config_flag,
    error::CliError,
    ui::{
        details::localize_io,
        i18n::tr,
        output::{print_json, print_line},
        terminal_signals,
    },
};
use app::{App, Settings};
use legacy::LegacySettings;
use serde_json::json;
use std::{
    io::{self, IsTerminal, stdin},
    path::Path,
    process::ExitCode,
};

/// Writes the file.
pub(super) async fn init(mut args: InitArgs) -> Result<ExitCode, CliError> {
    if let Some(file) = config_flag::find().filter(|_| args.out == Path::new(DEFAULT_OUT)) {
        args.out = file.into();
    }
    // Before a question is asked: nobody should answer them all for nothing.
    settings_file::check_target(&args.out, args.force)?;
    let legacy = args.from_legacy.as_deref().map(legacy::read).transpose()?.unwrap_or_default();
    take_legacy(&mut args, &legacy);
    check_flags(&args)?;
    let is_terminal = stdin().is_terminal();
    if is_terminal {
        terminal_signals::guard_questions().map_err(prompt::describe_no_answer)?;
        questions::ask(&mut args, legacy.oss.is_some()).map_err(prompt::describe_no_answer)?;
    }
    function_ledger::apply(&mut args)?;
    check_pairs(&args)?;
    args.ledger = args.ledger.as_deref().map(checks::locate_ledger).transpose().map_err(describe_folder)?;
    seal_key::settle(&mut args, &legacy, is_terminal).await?;
    let text = settings_file::render(&args, &legacy)?;
    let written =
        check_settings(&args, &text).and_then(|()| settings_file::write(&args.out, &text, args.force));
    match written {
        Err(error) if is_terminal => return Err(settings_file::keep_answers(&text, error)),
        written => written?,
    }
    if args.json {
        print_json(
            json!({"event": "written", "file": args.out, "legacy_job_server": legacy.job_servers.first(),
            "legacy_job_servers": legacy.job_servers}),
        );
        return Ok(ExitCode::SUCCESS);
    }
    let prefix = args.prefix.as_deref().and_then(next_steps::describe_prefix);
    prefix.iter().chain(&next_steps::describe(&args.out, &legacy)).for_each(print_line);
    if args.refresh_token.is_some() && !args.with_function {
        print_line(function_ledger::describe_warning());
    }
    if function_ledger::is_overridden(args.ledger.as_deref()) {
        print_line(function_ledger::describe_override());
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes over what the legacy worker's settings state and no flag does.
fn take_legacy(args: &mut InitArgs, legacy: &LegacySettings) {
    if let Some(youku) = &legacy.youku {
        args.client_id.get_or_insert_with(|| youku.client_id.clone());
        args.access_token.get_or_insert_with(|| youku.access_token.clone());
    }
    if let Some(oss) = legacy.oss.as_ref().filter(|_| args.access_key_id.is_none()) {
        args.access_key_id = Some(oss.key.clone());
        args.access_key_secret = Some(oss.secret.clone());
    }
}

/// Checks the flags as answers are checked.
///
/// # Errors
/// Names the flag that does not fit, and why.
fn check_flags(args: &InitArgs) -> Result<(), CliError> {
    let flags: [(&str, &Option<String>, checks::Check); 9] = [
        ("--client-id", &args.client_id, checks::check_word),
        ("--access-token", &args.access_token, checks::check_word),
        ("--refresh-token", &args.refresh_token, checks::check_word),
        ("--bucket", &args.bucket, checks::check_bucket),
        ("--prefix", &args.prefix, checks::check_prefix),
        ("--region", &args.region, checks::check_region),
        ("--ledger", &args.ledger, checks::check_ledger),
        ("--seal-key", &args.seal_key, checks::check_seal_key),
        ("--access-key-id", &args.access_key_id, checks::check_word),
    ];
    for (flag, value, check) in flags {
        if let Some(Err(reason)) = value.as_deref().map(check) {
            return Err(CliError::usage(tr!("{flag}: {reason}", "{flag}：{reason}")));
        }
    }
    Ok(())
}

/// Checks that no flag was given for what the settings will not have: it would be dropped in silence.
///
/// # Errors
/// Names the flag, and the one that it needs.
fn check_pairs(args: &InitArgs) -> Result<(), CliError> {
    let has_bucket = args.bucket.is_some();
    // A folder makes its own key.
    let is_shared = args.ledger.as_deref().is_some_and(|place| place.contains("://"));
    let ledger = tr!("--ledger with a bucket", "指向 bucket 的 --ledger");
    let pairs = [
        ("--prefix", args.prefix.is_some() && !has_bucket, "--bucket"),
        ("--public-type", args.public_type.is_some() && !has_bucket, "--bucket"),
        ("--seal-key", args.seal_key.is_some() && !is_shared, &*ledger),
        ("--new-seal-key", args.new_seal_key && !is_shared, &*ledger),
    ];
    match pairs.into_iter().find(|(_, is_alone, _)| *is_alone) {
        Some((flag, _, needed)) => {
            Err(CliError::usage(tr!("{flag} needs {needed}", "{flag} 需要与 {needed} 一起使用")))
        }
        None => Ok(()),
    }
}

/// A working directory that cannot be named.
fn describe_folder(error: io::Error) -> CliError {
    let why = localize_io(&error);
    CliError::usage(tr!("the working directory is not known: {why}", "无法确定当前目录：{why}"))
}

/// Checks that the settings can be loaded, and that the ledger makes no events of the rule: nothing else is written.
fn check_settings(args: &InitArgs, text: &str) -> Result<(), CliError> {
    if let (Some(ledger), Some(bucket)) = (&args.ledger, &args.bucket) {
        let prefix = args.prefix.as_deref().unwrap_or_default();
        checks::check_outside_rule(ledger, bucket, prefix)
            .map_err(|why| CliError::usage(tr!("--ledger: {why}", "--ledger：{why}")))?;
    }
    let settings = Settings::from_parts(&args.out.display().to_string(), text, [])?;
    App::from_settings(settings)?;
    Ok(())
}
