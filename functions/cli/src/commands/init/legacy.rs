//! The legacy worker's settings: three Python files, with their names in any case.

use super::python_literals::{Literal, parse};
use crate::{
    error::CliError,
    ui::{details::localize_io, i18n::tr},
};
use std::{collections::BTreeMap, env, fs, path::Path};

/// What the three files state.
#[derive(Debug, Default)]
pub(super) struct LegacySettings {
    pub(super) oss: Option<LegacyOss>,
    pub(super) youku: Option<LegacyYouku>,
    /// Where gearmand listens: one address or several.
    pub(super) job_servers: Vec<String>,
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

/// The assignments of one file.
struct ConfFile {
    name: &'static str,
    values: BTreeMap<String, Literal>,
}

/// Reads the files that exist in the folder or its `conf`.
///
/// # Errors
/// Where a file lacks a name, or none of the files exists.
pub(super) fn read(folder: &Path) -> Result<LegacySettings, CliError> {
    let oss = ConfFile::read(folder, "conf_oss.py")?;
    let youku = ConfFile::read(folder, "conf_youku.py")?;
    let gearman = ConfFile::read(folder, "conf_gearman.py")?;
    if oss.is_none() && youku.is_none() && gearman.is_none() {
        let why = tr!(
            "--from-legacy: there is no conf_oss.py, conf_youku.py or conf_gearman.py in it",
            "--from-legacy：其中没有 conf_oss.py、conf_youku.py 或 conf_gearman.py"
        );
        return Err(CliError::usage(why).with_context("folder", folder.display().to_string()));
    }
    let oss = oss.map(|file| {
        Ok::<_, CliError>(LegacyOss {
            key: file.text("ak")?,
            secret: file.text("sk")?,
            bucket: file.text("bucket")?,
            endpoint: file.text("endpoint")?,
        })
    });
    let youku = youku.map(|file| {
        Ok::<_, CliError>(LegacyYouku {
            client_id: file.text("client_id")?,
            access_token: file.text("access_token")?,
        })
    });
    let job_servers = gearman.map(|file| file.texts("job_server")).transpose()?.unwrap_or_default();
    Ok(LegacySettings { oss: oss.transpose()?, youku: youku.transpose()?, job_servers })
}

impl ConfFile {
    fn read(folder: &Path, name: &'static str) -> Result<Option<Self>, CliError> {
        let paths = [folder.join(name), folder.join("conf").join(name)];
        let Some(path) = paths.iter().find(|path| path.is_file()) else { return Ok(None) };
        let text = fs::read(path).map_err(|error| {
            let why = localize_io(&error);
            let why =
                tr!("--from-legacy: the file cannot be read: {why}", "--from-legacy：无法读取文件：{why}");
            CliError::usage(why).with_context("file", path.display().to_string())
        })?;
        let values = parse(&String::from_utf8_lossy(&text), |variable| env::var(variable).ok());
        Ok(Some(Self { name, values }))
    }

    /// The texts that a name is assigned: at least one.
    fn texts(&self, name: &str) -> Result<Vec<String>, CliError> {
        let why = match self.values.get(name) {
            Some(Literal::Texts(texts)) if !texts.is_empty() => return Ok(texts.clone()),
            Some(Literal::UnsetVariable(variable)) => tr!(
                "--from-legacy: {name} is read from the variable {variable}, which is not set here: set it as the worker's machine has it",
                "--from-legacy：{name} 取自环境变量 {variable}，但本机没有设置：请按 worker 所在机器的值设置"
            ),
            _ => tr!(
                "--from-legacy: a line {name} = \"...\" is missing",
                "--from-legacy：缺少 {name} = \"...\" 一行"
            ),
        };
        Err(CliError::usage(why).with_context("file", self.name))
    }

    fn text(&self, name: &str) -> Result<String, CliError> {
        Ok(self.texts(name)?.swap_remove(0))
    }
}
