//! Whether the settings read as the function reads them.

use super::Finding;
use app::{App, CONFIG_VARIABLE, Settings};

pub(super) fn check() -> (Option<App>, Finding) {
    let file = std::env::var_os(CONFIG_VARIABLE).map_or_else(
        || "oss2youku.toml where there is one".into(),
        |file| file.to_string_lossy().into_owned(),
    );
    let finding = Finding::of("settings", format!("read {file}, then the variables OSS2YOUKU_..."));
    let counted = |settings: &Settings| {
        format!("accounts {}, rules {}", settings.accounts.len(), settings.rules.iter().count())
    };
    let read = Settings::load().and_then(|settings| Ok((counted(&settings), App::from_settings(settings)?)));
    match read {
        Ok((counted, app)) => (Some(app), finding.well(counted)),
        Err(error) => {
            (None, finding.failed(error).advise("correct the setting it names; the README lists the least"))
        }
    }
}
