//! The legacy worker's settings: Python files of lines `NAME = "literal"`. They are read, never run.

use crate::{error::CliError, ui::i18n::tr};
use std::{collections::BTreeMap, fs, path::Path};

/// What the three files state.
#[derive(Debug, Default)]
pub(super) struct LegacySettings {
    pub(super) oss: Option<LegacyOss>,
    pub(super) youku: Option<LegacyYouku>,
    /// Where gearmand listens.
    pub(super) job_server: Option<String>,
}

#[derive(Debug)]
pub(super) struct LegacyOss {
    pub(super) key: String,
    pub(super) secret: String,
    pub(super) bucket: String,
    pub(super) endpoint: String,
}

#[derive(Debug)]
pub(super) struct LegacyYouku {
    pub(super) client_id: String,
    pub(super) access_token: String,
}

/// Reads the files that exist in the folder or its `conf`.
///
/// # Errors
/// Where a file lacks a name, or none of the files exists.
pub(super) fn read(folder: &Path) -> Result<LegacySettings, CliError> {
    let oss = read_names(folder, "conf_oss.py")?;
    let youku = read_names(folder, "conf_youku.py")?;
    let gearman = read_names(folder, "conf_gearman.py")?;
    if oss.is_none() && youku.is_none() && gearman.is_none() {
        let why = tr!(
            "--from-legacy: there is no conf_oss.py, conf_youku.py or conf_gearman.py in it",
            "--from-legacy：其中没有 conf_oss.py、conf_youku.py 或 conf_gearman.py"
        );
        return Err(CliError::usage(why).with_context("folder", folder.display().to_string()));
    }
    let oss = oss.map(|names| {
        let get = |name| get(&names, "conf_oss.py", name);
        Ok::<_, CliError>(LegacyOss {
            key: get("ak")?,
            secret: get("sk")?,
            bucket: get("bucket")?,
            endpoint: get("endpoint")?,
        })
    });
    let youku = youku.map(|names| {
        let get = |name| get(&names, "conf_youku.py", name);
        Ok::<_, CliError>(LegacyYouku { client_id: get("client_id")?, access_token: get("access_token")? })
    });
    let job_server = gearman.map(|names| get(&names, "conf_gearman.py", "job_server")).transpose()?;
    Ok(LegacySettings { oss: oss.transpose()?, youku: youku.transpose()?, job_server })
}

fn get(names: &BTreeMap<String, String>, file: &'static str, name: &str) -> Result<String, CliError> {
    names.get(name).cloned().ok_or_else(|| {
        CliError::usage(tr!(
            "--from-legacy: a line {name} = \"...\" is missing",
            "--from-legacy：缺少 {name} = \"...\" 一行"
        ))
        .with_context("file", file)
    })
}

fn read_names(folder: &Path, name: &str) -> Result<Option<BTreeMap<String, String>>, CliError> {
    let paths = [folder.join(name), folder.join("conf").join(name)];
    let Some(path) = paths.iter().find(|path| path.is_file()) else { return Ok(None) };
    let text = fs::read(path).map_err(|error| {
        let why =
            tr!("--from-legacy: the file cannot be read: {error}", "--from-legacy：无法读取文件：{error}");
        CliError::usage(why).with_context("file", path.display().to_string())
    })?;
    Ok(Some(parse_literals(&String::from_utf8_lossy(&text))))
}

/// Parses the names, in lower case, that are assigned a text; skips everything else.
fn parse_literals(text: &str) -> BTreeMap<String, String> {
    text.lines().filter_map(parse_literal).collect()
}

fn parse_literal(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let value = value.trim().trim_start_matches(['u', 'U', 'r', 'R']);
    let quote = value.chars().next().filter(|one| matches!(one, '"' | '\''))?;
    let (text, _) = value[1..].split_once(quote)?;
    is_name.then(|| (name.to_ascii_lowercase(), text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines that assign a text to a name are read, and all others are skipped.
    #[test]
    fn only_assigned_texts_are_read() {
        let read = parse_literals(
            "# -*- coding: utf-8 -*-\nimport os\nak='a=b'  # the key\nSK = u\"s'k\"\n  bucket=\"videos\"\nn = 5\nx == 'y'\nos.y = 'z'\nlong = '''a\n",
        );
        let get = |name: &str| read.get(name).map(String::as_str);
        assert_eq!((get("ak"), get("sk"), get("bucket")), (Some("a=b"), Some("s'k"), Some("videos")));
        assert_eq!((get("n"), get("x"), get("os.y")), (None, None, None));
    }
}
