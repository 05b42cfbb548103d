//! Whether the settings can be loaded, as the function loads them, and have what every upload needs.

use super::finding::Finding;
use crate::{
    commands::settings,
    config_flag,
    ui::{
        i18n::{tr, tr_static},
        messages::way_out,
        shell_text::write_command,
    },
};
use app::{App, CONFIG_VARIABLE, Settings, core::Error};
use std::{env, path::Path, time::Duration};

/// The file that is read where no variable names one.
const DEFAULT_FILE: &str = "oss2youku.toml";

/// How long a check retries a failing call: a person is waiting.
const PATIENCE: Duration = Duration::from_secs(5);

/// Checks the settings. Without an application nothing else can be checked.
pub(super) fn check() -> (Option<App>, Finding) {
    let named = config_flag::find().map(Into::into).or_else(|| env::var_os(CONFIG_VARIABLE));
    let tried = match named {
        None => tr!(
            "read oss2youku.toml if it exists, then the variables OSS2YOUKU_...",
            "读取当前目录的 oss2youku.toml（若有），再读取 OSS2YOUKU_... 变量"
        ),
        Some(file) => {
            let file = file.to_string_lossy();
            tr!("read {file}, then the variables OSS2YOUKU_...", "读取 {file}，再读取 OSS2YOUKU_... 变量")
        }
    };
    judge(Finding::new(tr_static!("settings", "设置"), tried), settings::load())
}

/// Checks settings that this process was started with, in place of those that a command loads.
pub(super) fn check_given(settings: Settings) -> (Option<App>, Finding) {
    let tried = tr_static!("take those of the running program", "使用正在运行的程序的设置");
    judge(Finding::new(tr_static!("settings", "设置"), tried), Ok(settings))
}

fn judge(finding: Finding, loaded: Result<Settings, Error>) -> (Option<App>, Finding) {
    let count = |settings: &Settings| {
        tr!(
            "accounts {}, rules {}",
            "账号 {} 个，规则 {} 条",
            settings.accounts.len(),
            settings.rules.iter().count()
        )
    };
    let loaded = loaded
        .and_then(|settings| Ok((count(&settings), App::from_settings(settings)?.with_patience(PATIENCE))));
    match loaded {
        Ok((_, app)) if app.settings().accounts.is_empty() => (None, describe_missing_account(finding)),
        Ok((counts, app)) if app.settings().takes_any_source() => {
            let finding = finding.warn(
                counts,
                tr_static!(
                    "anyone with the right to send tasks can publish every object that a function with these settings can read: set http.sources, \
                     a rule or legacy.bucket",
                    "凡可发送任务者，都能让使用这些设置的函数发布它能读取的任何对象：请设置 http.sources、规则或 legacy.bucket"
                ),
            );
            (Some(app), finding)
        }
        Ok((counts, app)) => (Some(app), finding.pass(counts)),
        Err(error) => {
            let advice = way_out::find(&error).unwrap_or_else(|| {
                let init = write_command("init");
                tr!(
                    "correct the setting it names; `{init}` writes a file with the minimum",
                    "请修改它所指出的设置；`{init}` 可生成最小的设置文件"
                )
            });
            (None, finding.fail(error).advise(advice))
        }
    }
}

/// Nothing can be uploaded without an account: says whether there are settings at all, and how to make them.
fn describe_missing_account(finding: Finding) -> Finding {
    let is_named = config_flag::find().is_some() || env::var_os(CONFIG_VARIABLE).is_some();
    let has_file = is_named || Path::new(DEFAULT_FILE).exists();
    let result = match has_file {
        true => tr!(
            "they have no account at Youku, and without one nothing can be uploaded",
            "其中没有优酷账号，无法上传"
        ),
        false => tr!(
            "there is no oss2youku.toml in this folder, and the variables name no account at Youku: nothing can be uploaded",
            "当前目录没有 oss2youku.toml，变量也没有给出优酷账号，无法上传"
        ),
    };
    let init = write_command("init");
    finding.fail(result).advise(tr!(
        "run `{init}` here: it writes oss2youku.toml; or name your settings file in OSS2YOUKU_CONFIG; or set \
         OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID and OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN (cloud.youku.com/tools)",
        "请在此处运行 `{init}` 生成 oss2youku.toml；或用 OSS2YOUKU_CONFIG 指定设置文件；或设置 OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID 与 OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN（cloud.youku.com/tools）"
    ))
}
