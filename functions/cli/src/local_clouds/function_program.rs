//! The function program of `--function`: whether it can be started, and answers.

use super::failure::{Failure, name_file};
use crate::ui::{i18n::tr, output::escape};
use ::local_clouds::clouds::LocalClouds;
use serde::Deserialize;
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// What the platform answers for a function whose process does not start: it exited, or listens nowhere.
const NOT_STARTED: [&str; 2] = ["CAExited", "FunctionNotStarted"];

/// A refusal of the platform.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refusal {
    code: String,
    message: String,
}

/// Returns the program's absolute path.
///
/// # Errors
/// Where it is no file that this user may execute.
pub(super) fn locate(path: &Path) -> Result<PathBuf, Failure> {
    let found = path.canonicalize().map_err(|error| name_file(path, &error))?;
    let metadata = found.metadata().map_err(|error| name_file(path, &error))?;
    let shown = path.display();
    if !metadata.is_file() {
        return Err(Failure::usage(tr!(
            "--function {shown}: this is not a file: name the program itself, such as an unpacked `bootstrap`",
            "--function {shown}：这不是文件：请指定程序本身，如解压后的 `bootstrap`"
        )));
    }
    if metadata.permissions().mode() & 0o111 == 0 {
        return Err(Failure::usage(tr!(
            "--function {shown}: the file is not executable: chmod +x it, if it is the function's program",
            "--function {shown}：该文件不可执行：若它确是函数程序，请用 chmod +x 添加执行权限"
        )));
    }
    Ok(found)
}

/// Starts the program as the platform does for a first call. Whatever it answers, it is a function.
///
/// # Errors
/// Where its process ends at once or does not listen, with what the platform says of it.
pub(super) async fn try_start(path: &Path, clouds: &LocalClouds) -> Result<(), Failure> {
    let Ok(response) = app::http_client()?.get(&clouds.endpoints.http_trigger).send().await else {
        return Ok(());
    };
    let Ok(body) = response.bytes().await else { return Ok(()) };
    match serde_json::from_slice::<Refusal>(&body) {
        Ok(Refusal { code, message }) if NOT_STARTED.contains(&code.as_str()) => {
            let (shown, message) = (path.display(), escape(&message));
            Err(Failure::usage(tr!(
                "--function {shown}: the program does not run as a function: {message}; it must listen on the port that \
                 FC_CUSTOM_LISTEN_PORT names, as custom runtimes of Function Compute do",
                "--function {shown}：该程序不能作为函数运行：{message}；它应像函数计算的自定义运行时那样监听 FC_CUSTOM_LISTEN_PORT 指定的端口"
            )))
        }
        _ => Ok(()),
    }
}
