//! The legacy worker's settings: Python files of lines `NAME = "literal"`. They are read, never run.

use super::wrong;
use crate::lang::say;
use app::core::Error;
use std::{collections::BTreeMap, fs, path::Path};

/// What the three files say.
#[derive(Debug, Default)]
pub(super) struct Legacy {
    pub(super) oss: Option<Oss>,
    pub(super) youku: Option<Youku>,
    /// Where gearmand listens.
    pub(super) job_server: Option<String>,
}

#[derive(Debug)]
pub(super) struct Oss {
    pub(super) key: String,
    pub(super) secret: String,
    pub(super) bucket: String,
    pub(super) endpoint: String,
}

#[derive(Debug)]
pub(super) struct Youku {
    pub(super) client_id: String,
    pub(super) access_token: String,
}

/// Reads those of the files that are there, in the folder or its `conf`.
///
/// # Errors
/// Names the file and the name that it lacks; where there is none of them.
pub(super) fn read(folder: &Path) -> Result<Legacy, Error> {
    let oss = names(folder, "conf_oss.py")?;
    let youku = names(folder, "conf_youku.py")?;
    let gearman = names(folder, "conf_gearman.py")?;
    if oss.is_none() && youku.is_none() && gearman.is_none() {
        let why = say!(
            "--from-legacy: there is no conf_oss.py, conf_youku.py or conf_gearman.py in it",
            "--from-legacy：其中没有 conf_oss.py、conf_youku.py 或 conf_gearman.py"
        );
        return Err(wrong(why).with_context("folder", folder.display().to_string()));
    }
    let oss = oss.map(|names| {
        let get = |name| get(&names, "conf_oss.py", name);
        Ok::<_, Error>(Oss {
            key: get("ak")?,
            secret: get("sk")?,
            bucket: get("bucket")?,
            endpoint: get("endpoint")?,
        })
    });
    let youku = youku.map(|names| {
        let get = |name| get(&names, "conf_youku.py", name);
        Ok::<_, Error>(Youku { client_id: get("client_id")?, access_token: get("access_token")? })
    });
    let job_server = gearman.map(|names| get(&names, "conf_gearman.py", "job_server")).transpose()?;
    Ok(Legacy { oss: oss.transpose()?, youku: youku.transpose()?, job_server })
}

fn get(names: &BTreeMap<String, String>, file: &'static str, name: &str) -> Result<String, Error> {
    names.get(name).cloned().ok_or_else(|| {
        wrong(say!(
            "--from-legacy: a line {name} = \"...\" is missing",
            "--from-legacy：缺少 {name} = \"...\" 一行"
        ))
        .with_context("file", file)
    })
}

fn names(folder: &Path, name: &str) -> Result<Option<BTreeMap<String, String>>, Error> {
    let places = [folder.join(name), folder.join("conf").join(name)];
    let Some(path) = places.iter().find(|path| path.is_file()) else { return Ok(None) };
    let text = fs::read(path)
        .map_err(|error| wrong(error.to_string()).with_context("file", path.display().to_string()))?;
    Ok(Some(literals(&String::from_utf8_lossy(&text))))
}

/// The names, in lower case, that are given a text; all else is passed over.
fn literals(text: &str) -> BTreeMap<String, String> {
    text.lines().filter_map(literal).collect()
}

fn literal(line: &str) -> Option<(String, String)> {
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

    #[test]
    fn lines_that_give_a_name_a_text_are_understood_and_others_passed_over() {
        let read = literals(
            "# -*- coding: utf-8 -*-\nimport os\nak='a=b'  # the key\nSK = u\"s'k\"\n  bucket=\"videos\"\nn = 5\nx == 'y'\nos.y = 'z'\nlong = '''a\n",
        );
        let get = |name: &str| read.get(name).map(String::as_str);
        assert_eq!((get("ak"), get("sk"), get("bucket")), (Some("a=b"), Some("s'k"), Some("videos")));
        assert_eq!((get("n"), get("x"), get("os.y")), (None, None, None));
    }
}
