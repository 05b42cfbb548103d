//! `rehearse`: tries the real clouds with tiny private clips, and tells what they do where their documentation is silent.
//!
//! | module | what it does |
//! |---|---|
//! | `fact`, `facts` | an open question, and each of them |
//! | `obstacle` | why one could not be tried |
//! | `stage`, `session`, `upload`, `targets` | what every trial uses: the account's client, uploads step by step, what the command line names |
//! | `look`, `wait`, `old_keys`, `tokens` | videos looked for, time that passes, keys that end, an access token refreshed |
//! | `observer`, `rewrite` | counts and bounds calls, changes some, and notes how they were answered |
//! | `clip` | tiny videos, made in code |
//! | `record`, `cleanup` | what was made, written down before, and its removal |
//! | `kept` | stores what was found in the ledger, for doctor |
//! | `table`, `report`, `text` | what a person reads, what a program reads, and texts in both languages |

mod cleanup;
mod clip;
mod fact;
mod facts;
mod kept;
mod look;
mod observer;
mod obstacle;
mod old_keys;
mod record;
mod report;
mod rewrite;
mod session;
mod stage;
mod table;
mod targets;
#[cfg(test)]
mod tests;
mod text;
mod tokens;
mod upload;
mod wait;

use super::{default_ledger, settings};
use crate::{
    args::RehearseArgs,
    error::CliError,
    exit_code::INTERRUPTED,
    shutdown::Shutdown,
    ui::{i18n::tr, output::print_line},
};
use app::{App, LogLevel, Settings, core::ErrorKind};
use cleanup::Left;
use fact::Fact;
use observer::{LONG_CALLS, MOST_CALLS};
use record::Record;
use report::{Outcome, Report};
use stage::Stage;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, SystemTime},
};
use targets::Targets;

/// How long calls of the ledger are tried again: a person is waiting.
const PATIENCE: Duration = Duration::from_secs(15);

/// Runs the rehearsal.
pub(super) async fn rehearse(args: RehearseArgs, shutdown: Shutdown) -> Result<ExitCode, CliError> {
    let flags = [(args.long, facts::LONG), (args.refresh, facts::REFRESH)];
    let flags: Vec<_> = flags.iter().filter_map(|(is_set, flag)| is_set.then_some(*flag)).collect();
    let facts = facts::select(&args.only, &flags)?;
    let most_calls = MOST_CALLS + if args.long { LONG_CALLS } else { 0 };
    if args.plan {
        table::print_plan(&facts, args.keep, most_calls);
        return Ok(ExitCode::SUCCESS);
    }
    let loaded = settings::load()?;
    settings::start_logs(&loaded, LogLevel::Warn);
    let account = choose_account(&loaded, args.account.as_deref())?;
    if let Some(file) = &args.report {
        check_report(file)?;
    }
    let record = Record::open(locate_record(&loaded, &account)?)?;
    let began = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let app = App::from_settings(loaded)?.with_patience(PATIENCE);
    let mut stage = Stage::connect(app, &account, record, shutdown.clone(), args.keep, most_calls).await;
    stage.targets = Targets {
        internal_endpoint: args.internal_endpoint,
        function_url: args.function_url,
        token_file: args.token_file,
    };
    stage.minute = Duration::from_millis(args.minute_ms);
    stage.waits_for_keys = facts.iter().any(|fact| fact.name == facts::STS_END);
    remove_earlier(&mut stage).await;
    let mut outcomes = Vec::new();
    for fact in facts {
        outcomes.push(try_fact(&mut stage, fact).await);
    }
    let left = cleanup::clean(&mut stage, 0).await;
    kept::keep(&stage.app, &account, &outcomes).await;
    let report = Report::new(&account, began, &stage, &outcomes, &left);
    table::print_end(&report, &stage, &left);
    if let Some(file) = &args.report {
        write_report(file, &report)?;
    }
    stage.record.finish().map_err(|error| {
        CliError::local(
            ErrorKind::Failed,
            tr!("the record of the rehearsal cannot be kept", "无法保存预演记录"),
        )
        .with_context("error", error)
    })?;
    if shutdown.is_requested() {
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let is_well = |outcome: &Outcome| !outcome.result.as_ref().is_err_and(obstacle::Obstacle::is_failure);
    let is_clean = left.iter().all(|left| left.why.is_none());
    Ok(if is_clean && outcomes.iter().all(is_well) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Removes what an earlier run left.
async fn remove_earlier(stage: &mut Stage) {
    let before = stage.record.list_left().len();
    if before == 0 {
        return;
    }
    let left: Vec<Left> = cleanup::clean(stage, 0).await;
    let removed = before - left.len();
    print_line(tr!(
        "An earlier rehearsal left {before} things; {removed} of them are removed now.",
        "上一次预演留下 {before} 项，现已删除其中 {removed} 项。"
    ));
}

/// Tries one fact, removes what it made, and prints what came of it.
async fn try_fact(stage: &mut Stage, fact: &'static Fact) -> Outcome {
    let (before, first) = (stage.calls(), stage.record.peek_number());
    let result = match stage.check_calls(fact.calls) {
        Ok(()) => (fact.tries)(stage).await,
        Err(obstacle) => Err(obstacle),
    };
    // What is left is tried once more, and told, at the end.
    cleanup::clean(stage, first).await;
    let outcome = Outcome { fact, result, calls: stage.calls() - before };
    table::print_outcome(&outcome);
    outcome
}

/// The account that is named, or the only one.
fn choose_account(settings: &Settings, named: Option<&str>) -> Result<String, CliError> {
    let mut names = settings.accounts.keys();
    match (named, names.next(), names.next()) {
        (Some(name), ..) if settings.accounts.contains_key(name) => Ok(name.to_owned()),
        (Some(name), ..) => Err(CliError::usage(tr!(
            "--account {name}: the settings have no such account",
            "--account {name}：设置中没有该账号"
        ))),
        (None, Some(only), None) => Ok(only.clone()),
        (None, None, _) => {
            Err(CliError::usage(tr!("the settings have no account at Youku", "设置中没有优酷账号")))
        }
        (None, Some(_), Some(_)) => Err(CliError::usage(tr!(
            "name one of the accounts with --account",
            "请用 --account 指定一个账号"
        ))),
    }
}

/// The record's place: one for each account and ledger, so that what was made elsewhere is not removed here.
fn locate_record(settings: &Settings, account: &str) -> Result<PathBuf, CliError> {
    let folder = default_ledger::locate_state().ok_or_else(|| {
        CliError::usage(tr!(
            "set XDG_STATE_HOME or HOME: the record of what is made is kept there",
            "请设置 XDG_STATE_HOME 或 HOME：预演记录保存在其中"
        ))
    })?;
    let api = settings.youku.api.as_deref().unwrap_or_default();
    let client = settings.accounts.get(account).map(|account| account.client_id.as_str()).unwrap_or_default();
    let ledger = settings.ledger.location.as_deref().unwrap_or_default();
    Ok(folder.join(name_record([api, account, client, ledger])))
}

/// The record's name. Two accounts may share an application: neither's token removes what the other made.
fn name_record(parts: [&str; 4]) -> String {
    let digest = fast_md5::digest(parts.join("\n").as_bytes());
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("rehearsal-{name}.jsonl")
}

/// Checks, before anything is made, that the report can be written. What stands there stays until then.
fn check_report(file: &Path) -> Result<(), CliError> {
    let opened = fs::File::options().create(true).append(true).open(file);
    opened.map(drop).map_err(|error| unwritten(file, &error))
}

fn write_report(file: &Path, report: &Report) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(report).map_err(|error| unwritten(file, &error))?;
    fs::write(file, text + "\n").map_err(|error| unwritten(file, &error))
}

fn unwritten(file: &Path, error: &dyn std::fmt::Display) -> CliError {
    CliError::local(ErrorKind::Failed, tr!("the report cannot be written", "无法写入报告"))
        .with_context("file", file.display())
        .with_context("error", error)
}
