//! The settings file that `init` writes.

use super::legacy::LegacySettings;
use crate::{args::InitArgs, error::CliError, ui::i18n::tr};
use serde_json::json;
use std::{
    fs::{File, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
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
        let key = args.seal_key.clone().map_or_else(app::random_seal_key, Ok)?;
        lines.push(render_line("seal_key", &key));
    }
    lines.extend([
        String::new(),
        tr!("# Where objects are read.", "# 从哪里读取对象。"),
        "[source]".into(),
        render_optional("region", args.region.as_deref()),
    ]);
    if let Some(oss) = &legacy.oss {
        lines.extend([
            render_line("endpoint", &oss.endpoint),
            render_line("access_key_id", &oss.key),
            render_line("access_key_secret", &oss.secret),
        ]);
    }
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

/// A TOML line; JSON escapes as TOML does.
fn render_line(name: &str, value: &str) -> String {
    format!("{name} = {}", json!(value))
}

fn render_optional(name: &str, value: Option<&str>) -> String {
    value.map_or_else(|| format!("#{name} = \"\""), |value| render_line(name, value))
}

/// Writes the file for its owner alone, since it holds secrets.
///
/// # Errors
/// Names the file, and the flag that helps where it exists already.
pub(super) fn write(path: &Path, text: &str, force: bool) -> Result<(), CliError> {
    let mut options = File::options();
    options.write(true).mode(0o600);
    if force {
        // Truncated only after nobody else may read it.
        options.create(true).truncate(false)
    } else {
        options.create_new(true)
    };
    let written = options.open(path).and_then(|mut file| {
        // A replaced file would keep its mode; what is no file, such as /dev/stdout, has no mode to change.
        if file.metadata()?.is_file() {
            file.set_permissions(Permissions::from_mode(0o600))?;
            file.set_len(0)?;
        }
        file.write_all(text.as_bytes())
    });
    written.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => tr!(
                "the file exists already: --force overwrites it, --out writes another",
                "文件已存在：--force 覆盖，--out 另存"
            ),
            _ => tr!("the file cannot be written: {error}", "无法写入文件：{error}"),
        };
        CliError::usage(why).with_context("file", path.display().to_string())
    })
}
