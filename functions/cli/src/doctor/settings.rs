//! Whether the settings read as the function reads them.

use super::Finding;
use crate::{
    lang::{say, word},
    operate::settings,
};
use app::{App, CONFIG_VARIABLE, Settings};

pub(super) fn check() -> (Option<App>, Finding) {
    let file = std::env::var_os(CONFIG_VARIABLE).map_or_else(
        || word!("oss2youku.toml where there is one", "当前目录的 oss2youku.toml（若有）").into(),
        |file| file.to_string_lossy().into_owned(),
    );
    let finding = Finding::of(
        word!("settings", "设置"),
        say!("read {file}, then the variables OSS2YOUKU_...", "读取 {file}，再读取 OSS2YOUKU_... 变量"),
    );
    let counted = |settings: &Settings| {
        say!(
            "accounts {}, rules {}",
            "账号 {} 个，规则 {} 条",
            settings.accounts.len(),
            settings.rules.iter().count()
        )
    };
    let read = settings().and_then(|settings| Ok((counted(&settings), App::from_settings(settings)?)));
    match read {
        Ok((counted, app)) if app.settings().takes_any_source() => {
            let finding = finding.warn(
                counted,
                word!(
                    "whoever may send tasks can have any object published that a function with these settings can read: set http.sources, \
                     a rule or legacy.bucket",
                    "凡可发送任务者，都能让使用这些设置的函数发布它能读取的任何对象：请设置 http.sources、规则或 legacy.bucket"
                ),
            );
            (Some(app), finding)
        }
        Ok((counted, app)) => (Some(app), finding.well(counted)),
        Err(error) => (
            None,
            finding.failed(error).advise(word!(
                "correct the setting it names; the README lists the least",
                "请修改它所指出的设置；README 列出了最少的设置"
            )),
        ),
    }
}
