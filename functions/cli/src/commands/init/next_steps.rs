//! What `init` says at its end: where the settings are, and the commands that come next. They can be pasted as they are.

use super::legacy::LegacySettings;
use crate::ui::{
    i18n::{tr, tr_static},
    output::escape,
    shell_text::{quote, write_command_with},
};
use app::CONFIG_VARIABLE;
use std::{
    env,
    path::{Path, PathBuf},
};

/// The file that every command reads by itself.
const DEFAULT_FILE: &str = "oss2youku.toml";

/// The lines about the file that was written to `out`.
pub(super) fn describe(out: &Path, legacy: &LegacySettings) -> Vec<String> {
    let file = out.display();
    let config = Some(out).filter(|out| !is_read(out));
    let doctor = write_command_with(config, "doctor");
    let upload = write_command_with(config, tr_static!("upload FILE", "upload 文件"));
    let mut lines = vec![
        tr!("written      {file}, which only you can read", "已写入  {file}，只有您能读取"),
        format!("{}{doctor}", tr_static!("next         ", "接下来  ")),
        format!("{}{upload}", tr_static!("             ", "        ")),
    ];
    if !legacy.job_servers.is_empty() {
        let servers: String =
            legacy.job_servers.iter().map(|server| format!(" --server {}", quote(server))).collect();
        lines.push(tr!(
            "Gearman      oss2youku-gearman{servers} --function-url URL --token-file FILE replaces the legacy worker",
            "Gearman  oss2youku-gearman{servers} --function-url URL --token-file FILE 可接替原来的 worker"
        ));
    }
    lines
}

/// What the rule's prefix matches beyond a folder: keys are no paths.
pub(super) fn describe_prefix(prefix: &str) -> Option<String> {
    if prefix.is_empty() || prefix.ends_with('/') {
        return None;
    }
    let prefix = escape(prefix);
    Some(tr!(
        "prefix       {prefix} matches every key that begins so, those below {prefix}-old/ as well; {prefix}/ is the folder alone",
        "前缀    {prefix} 匹配以它开头的所有 key，也包括 {prefix}-old/ 之下的；{prefix}/ 只匹配该目录"
    ))
}

/// Whether commands read this file by themselves.
fn is_read(out: &Path) -> bool {
    let named = env::var_os(CONFIG_VARIABLE).map(PathBuf::from);
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute(named.as_deref().unwrap_or(Path::new(DEFAULT_FILE))) == absolute(out)
}
