//! Whether the settings can be loaded, as the function loads them.

use super::finding::Finding;
use crate::{
    commands::settings,
    ui::i18n::{tr, tr_static},
};
use app::{App, CONFIG_VARIABLE, Settings};

pub(super) fn check() -> (Option<App>, Finding) {
    let file = std::env::var_os(CONFIG_VARIABLE).map_or_else(
        || tr_static!("oss2youku.toml if it exists", "当前目录的 oss2youku.toml（若有）").into(),
        |file| file.to_string_lossy().into_owned(),
    );
    let finding = Finding::new(
        tr_static!("settings", "设置"),
        tr!("read {file}, then the variables OSS2YOUKU_...", "读取 {file}，再读取 OSS2YOUKU_... 变量"),
    );
    let count = |settings: &Settings| {
        tr!(
            "accounts {}, rules {}",
            "账号 {} 个，规则 {} 条",
            settings.accounts.len(),
            settings.rules.iter().count()
        )
    };
    let loaded = settings::load().and_then(|settings| Ok((count(&settings), App::from_settings(settings)?)));
    match loaded {
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
        Err(error) => (
            None,
            finding.fail(error).advise(tr_static!(
                "correct the setting it names; the README lists the minimum",
                "请修改它所指出的设置；README 列出了必需的设置"
            )),
        ),
    }
}
