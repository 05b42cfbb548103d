//! `init`: writes a settings file with a comment on each setting, from flags, from the legacy worker's settings, or by asking.

mod function_ledger;
mod legacy;
mod questions;
mod settings_file;

use crate::{
    args::InitArgs,
    error::CliError,
    ui::{i18n::tr, output::print_line},
};
use app::{App, Settings};
use serde_json::json;
use std::{
    io::{IsTerminal, stdin},
    process::ExitCode,
};

/// Writes the file.
pub(super) async fn init(mut args: InitArgs) -> Result<ExitCode, CliError> {
    let legacy = args.from_legacy.as_deref().map(legacy::read).transpose()?.unwrap_or_default();
    if let Some(youku) = &legacy.youku {
        args.client_id.get_or_insert_with(|| youku.client_id.clone());
        args.access_token.get_or_insert_with(|| youku.access_token.clone());
    }
    if stdin().is_terminal() {
        questions::ask(&mut args).map_err(|error| {
            CliError::usage(tr!("cannot ask on this terminal: {error}", "无法在终端上询问：{error}"))
        })?;
    }
    function_ledger::apply(&mut args)?;
    let text = settings_file::render(&args, &legacy)?;
    // Do not write what could not be loaded.
    App::from_settings(Settings::from_parts(&args.out.display().to_string(), &text, [])?)?;
    settings_file::write(&args.out, &text, args.force)?;
    if args.json {
        print_line(json!({"event": "written", "file": args.out, "legacy_job_server": legacy.job_server}));
        return Ok(ExitCode::SUCCESS);
    }
    let file = args.out.display();
    print_line(tr!(
        "written      {file}: check it with oss2youku doctor",
        "已写入  {file}：可用 oss2youku doctor 检查"
    ));
    if args.refresh_token.is_some() && !args.with_function {
        print_line(function_ledger::describe_warning());
    }
    if let Some(server) = &legacy.job_server {
        print_line(tr!(
            "Gearman      oss2youku-gearman --server {server} --function-url URL --token-file FILE replaces the legacy worker",
            "Gearman  oss2youku-gearman --server {server} --function-url URL --token-file FILE 可接替原来的 worker"
        ));
    }
    Ok(ExitCode::SUCCESS)
}
