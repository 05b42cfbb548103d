//! The settings file that `init` writes.

use super::legacy::LegacySettings;
use crate::{
    args::InitArgs,
    error::CliError,
    private_file,
    ui::{
        details::localize_io,
        i18n::{tr, tr_static},
        output::{print_text, quote_toml},
    },
};
use std::{
    env,
    io::{self, IsTerminal, stdout},
    path::{Path, PathBuf},
    process,
};

/// Renders the file.
///
/// # Errors
/// Names a missing flag.
pub(super) fn render(args: &InitArgs, legacy: &LegacySettings) -> Result<String, CliError> {
    let missing = |flag: &str| {
        CliError::usage(tr!(
            "{flag} is missing: set it, or run this on a terminal",
            "缺少 {flag}：请指定，或在终端上运行"
        ))
    };
    let client_id = args.client_id.as_deref().ok_or_else(|| missing("--client-id"))?;
    let access_token = args.access_token.as_deref().ok_or_else(|| missing("--access-token"))?;
    let mut lines = vec![
        tr!(
            "# Settings of oss2youku; shared/app/sample/oss2youku.toml lists all of them.",
            "# oss2youku 的设置；全部设置见 shared/app/sample/oss2youku.toml。"
        ),
        String::new(),
        tr!("# The account at Youku.", "# 优酷账号。"),
        "[accounts.main]".into(),
        render_line("client_id", client_id),
        render_line("access_token", access_token),
        tr!(
            "# With it the access token is renewed automatically. It works only once: all that renew it, such as a function, must use this ledger.",
            "# 有了它，访问令牌会自动续期。它只能用一次：所有续期它的程序（例如函数）必须使用这同一个台账。"
        ),
        render_optional("refresh_token", args.refresh_token.as_deref()),
        String::new(),
        tr!(
            "# The record of every upload. A bucket must never have had versioning, and needs seal_key (openssl rand -base64 32).",
            "# 每个上传的记录。bucket 必须从未开启过版本控制，且需要 seal_key（openssl rand -base64 32）。"
        ),
        "[ledger]".into(),
        render_optional("location", args.ledger.as_deref()),
    ];
    if args.ledger.as_deref().is_some_and(|place| place.contains("://")) {
        lines.push(render_optional("seal_key", args.seal_key.as_deref()));
    }
    lines.extend([
        String::new(),
        tr!("# Where objects are read.", "# 从哪里读取对象。"),
        "[source]".into(),
        render_optional("region", args.region.as_deref()),
    ]);
    lines.extend(legacy.oss.as_ref().map(|oss| render_line("endpoint", &oss.endpoint)));
    lines.push(tr!(
        "# Without a key here: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or a role (S3: AWS_ACCESS_KEY_ID, ...).",
        "# 此处不设密钥时：取自 ALIBABA_CLOUD_ACCESS_KEY_ID 与 ALIBABA_CLOUD_ACCESS_KEY_SECRET，或角色（S3：AWS_ACCESS_KEY_ID 等）。"
    ));
    lines.push(render_optional("access_key_id", args.access_key_id.as_deref()));
    lines.push(render_optional("access_key_secret", args.access_key_secret.as_deref()));
    if let Some(bucket) = &args.bucket {
        let comment = tr!(
            "# What is published automatically, and who may watch it.",
            "# 自动发布哪些视频，谁可以观看。"
        );
        let prefix = args.prefix.as_deref().unwrap_or_default();
        // Videos never become public by default.
        let public_type = args.public_type.as_deref().ok_or_else(|| missing("--public-type"))?;
        lines.extend([
            String::new(),
            comment,
            "[[rules]]".into(),
            render_line("bucket", bucket),
            render_line("prefix", prefix),
            render_line("account", "main"),
            render_line("public_type", public_type),
        ]);
    }
    if let Some(oss) = &legacy.oss {
        lines.extend([
            String::new(),
            tr!(
                "# Tasks of the legacy worker's clients; their callbacks use http.",
                "# 旧 worker 的客户端发来的任务；其回调为 http。"
            ),
            "[legacy]".into(),
            render_line("bucket", &oss.bucket),
            "[callback]".into(),
            "allow_http = true".into(),
        ]);
    }
    Ok(lines.join("\n") + "\n")
}

/// A TOML line.
fn render_line(name: &str, value: &str) -> String {
    format!("{name} = {}", quote_toml(value))
}

fn render_optional(name: &str, value: Option<&str>) -> String {
    value.map_or_else(|| format!("#{name} = \"\""), |value| render_line(name, value))
}

/// Checks that the file can be written, before anything is asked.
///
/// # Errors
/// Names the file, and the flag that helps where it exists already.
pub(super) fn check_target(path: &Path, force: bool) -> Result<(), CliError> {
    // A link that leads nowhere is in the way as well.
    if !force && path.symlink_metadata().is_ok() {
        return Err(describe_unwritable(path, &io::ErrorKind::AlreadyExists.into()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match folder.is_dir() {
        true => Ok(()),
        false => Err(describe_unwritable(path, &io::ErrorKind::NotFound.into())),
    }
}

/// Keeps answers that could not be written where they belong: in a file of the folder for temporary ones or of the home folder, else on
/// standard output where that is a terminal. They hold secrets: a pipe leads to a log, or to another person. Returns the error, which says
/// where they are.
pub(super) fn keep_answers(text: &str, error: CliError) -> CliError {
    let folders = [Some(env::temp_dir()), env::var_os("HOME").map(PathBuf::from)];
    match keep(text, folders.into_iter().flatten(), stdout().is_terminal()) {
        Kept::InFile(path) => {
            error.with_context(tr_static!("answers kept in", "回答已保存在"), path.display())
        }
        Kept::ForTerminal => {
            print_text(text);
            error.with_context(tr_static!("answers printed", "回答已打印"), "stdout")
        }
        Kept::Nowhere => error.with_context(tr_static!("answers", "回答"), tr_static!("lost", "未能保存")),
    }
}

/// Where answers are kept.
#[derive(Debug, PartialEq, Eq)]
enum Kept {
    InFile(PathBuf),
    /// Nowhere yet: the terminal shows them.
    ForTerminal,
    Nowhere,
}

fn keep(text: &str, folders: impl Iterator<Item = PathBuf>, is_terminal: bool) -> Kept {
    let name = format!("oss2youku-{}.toml", process::id());
    let mut paths = folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join(&name));
    match paths.find(|path| private_file::write(path, text, false).is_ok()) {
        Some(path) => Kept::InFile(path),
        None if is_terminal => Kept::ForTerminal,
        None => Kept::Nowhere,
    }
}

/// Writes the file for its owner alone, since it holds secrets.
///
/// # Errors
/// Names the file, and the flag that helps where it exists already.
pub(super) fn write(path: &Path, text: &str, force: bool) -> Result<(), CliError> {
    private_file::write(path, text, force).map_err(|error| describe_unwritable(path, &error))
}

fn describe_unwritable(path: &Path, error: &io::Error) -> CliError {
    let why = match error.kind() {
        io::ErrorKind::AlreadyExists => tr!(
            "the file exists already: --force overwrites it, --out writes another",
            "文件已存在：--force 覆盖，--out 另存"
        ),
        io::ErrorKind::NotFound => {
            tr!(
                "there is no such folder: create it, or name another with --out",
                "目录不存在：请创建，或用 --out 指定其他位置"
            )
        }
        _ => {
            let why = localize_io(error);
            tr!("the file cannot be written: {why}", "无法写入文件：{why}")
        }
    };
    CliError::usage(why).with_context("file", path.display().to_string())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::fs;

    /// Answers hold secrets: they go into a file, or onto a terminal, and into no pipe.
    #[test]
    fn answers_are_never_printed_into_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = || folder.path().join("missing");
        let kept = keep("secret", [nowhere(), folder.path().to_owned()].into_iter(), false);
        let path = folder.path().join(format!("oss2youku-{}.toml", process::id()));
        assert_eq!((kept, fs::read_to_string(&path).unwrap().as_str()), (Kept::InFile(path), "secret"));
        assert_eq!(keep("secret", [nowhere()].into_iter(), true), Kept::ForTerminal);
        assert_eq!(keep("secret", [nowhere()].into_iter(), false), Kept::Nowhere);
    }

    /// TOML takes no control character but a tab as it is; others are written so that a terminal shows them.
    #[test]
    fn control_characters_are_escaped_in_the_file() {
        let value = "a\u{7f}b\u{1}\u{9b}2J\t\u{202e}\"\\ 片";
        let line = render_line("prefix", value);
        assert!(!line.chars().any(char::is_control), "{line:?}");
        let read: toml::Table = line.parse().unwrap();
        assert_eq!(read["prefix"].as_str(), Some(value));
    }
}
