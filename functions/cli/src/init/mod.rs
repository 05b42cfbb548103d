//! `init`: writes a settings file with a word about each setting, from flags, from the legacy worker's settings, or by asking.

mod function;
mod legacy;

use crate::{exit::OPERATOR, lang::say, operate::line};
use app::{
    App, Settings,
    core::{Error, ErrorKind},
};
use clap::Args;
use serde_json::json;
use std::{
    fs::{File, Permissions},
    io::{self, IsTerminal, Write, stderr, stdin},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The file to write.
    #[arg(long, value_name = "FILE", default_value = "oss2youku.toml")]
    out: PathBuf,
    /// Replace the file where there is one.
    #[arg(long)]
    force: bool,
    /// The folder of the legacy worker's conf_oss.py, conf_youku.py and conf_gearman.py, whose settings are taken over.
    #[arg(long, value_name = "DIR")]
    from_legacy: Option<PathBuf>,
    /// The application's id at Youku.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The account's access token (cloud.youku.com/tools).
    #[arg(long, value_name = "TOKEN")]
    access_token: Option<String>,
    /// What came with it; with it the access token is renewed by itself.
    #[arg(long, value_name = "TOKEN")]
    refresh_token: Option<String>,
    /// The bucket whose videos are published by themselves; without it none are.
    #[arg(long, value_name = "BUCKET")]
    bucket: Option<String>,
    /// What the keys of those videos begin with.
    #[arg(long, value_name = "PREFIX")]
    prefix: Option<String>,
    /// Who may watch them: all or friend; a bucket needs it.
    #[arg(long, value_name = "TYPE", value_parser = ["all", "friend"])]
    public_type: Option<String>,
    /// The region of the bucket, such as cn-hangzhou.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Where the record of every upload is kept: oss://bucket/prefix/, s3://bucket/prefix/ or a folder.
    #[arg(long, value_name = "PLACE")]
    ledger: Option<String>,
    /// The key that the ledger's secrets are sealed with, where it is another's already; a bucket's gets a new one otherwise.
    #[arg(long, value_name = "KEY")]
    seal_key: Option<String>,
    /// A function, or another machine, publishes with this account already: its ledger is used (--ledger and --seal-key, or the shell's
    /// variables of template.yml), since a refresh token works once.
    #[arg(long)]
    with_function: bool,
    /// JSON lines instead of text on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Writes the file.
pub(crate) async fn init(mut arguments: Init) -> Result<ExitCode, Error> {
    let legacy = arguments.from_legacy.as_deref().map(legacy::read).transpose()?.unwrap_or_default();
    if let Some(youku) = &legacy.youku {
        arguments.client_id.get_or_insert_with(|| youku.client_id.clone());
        arguments.access_token.get_or_insert_with(|| youku.access_token.clone());
    }
    if stdin().is_terminal() {
        ask(&mut arguments).map_err(|error| wrong(error.to_string()))?;
    }
    function::take(&mut arguments)?;
    let text = text(&arguments, &legacy)?;
    // What would not be read is not written.
    App::from_settings(Settings::from_parts(&arguments.out.display().to_string(), &text, [])?)?;
    write(&arguments.out, &text, arguments.force)?;
    if arguments.json {
        line(json!({"event": "written", "file": arguments.out, "legacy_job_server": legacy.job_server}));
        return Ok(ExitCode::SUCCESS);
    }
    let file = arguments.out.display();
    line(say!(
        "written      {file}: oss2youku doctor tries it out",
        "已写入  {file}：可用 oss2youku doctor 检查"
    ));
    if arguments.refresh_token.is_some() && !arguments.with_function {
        line(function::warning());
    }
    if let Some(server) = &legacy.job_server {
        line(say!(
            "Gearman      oss2youku-gearman --server {server} --function-url URL --token-file FILE takes the legacy worker's place",
            "Gearman  oss2youku-gearman --server {server} --function-url URL --token-file FILE 可接替原来的 worker"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn wrong(why: String) -> Error {
    Error::new(ErrorKind::InvalidJob, OPERATOR, why)
}

/// Asks for what no flag says; an empty answer leaves it out.
fn ask(arguments: &mut Init) -> io::Result<()> {
    one(&mut arguments.client_id, &say!("Youku client id", "优酷 client_id"))?;
    one(
        &mut arguments.access_token,
        &say!("access token (cloud.youku.com/tools)", "访问令牌（cloud.youku.com/tools）"),
    )?;
    one(&mut arguments.refresh_token, &say!("refresh token", "刷新令牌"))?;
    function::ask(arguments)?;
    one(
        &mut arguments.bucket,
        &say!("bucket to publish from by itself (empty: none)", "自动发布的 bucket（留空则不自动发布）"),
    )?;
    if arguments.bucket.is_some() {
        one(
            &mut arguments.public_type,
            &say!("who may watch these videos: all or friend", "谁可以观看这些视频：all 或 friend"),
        )?;
    }
    one(&mut arguments.region, &say!("region, such as cn-hangzhou", "bucket 所在地域，如 cn-hangzhou"))?;
    if arguments.with_function {
        return Ok(());
    }
    one(
        &mut arguments.ledger,
        &say!(
            "ledger: oss://bucket/prefix/ or a folder (empty: your state folder)",
            "台账：oss://bucket/prefix/ 或目录（留空则用个人状态目录）"
        ),
    )
}

/// Asks one question, where no flag answers it.
fn one(answer: &mut Option<String>, question: &str) -> io::Result<()> {
    if answer.is_none() {
        write!(stderr(), "{question}: ")?;
        stderr().flush()?;
        let mut said = String::new();
        stdin().read_line(&mut said)?;
        *answer = Some(said.trim().to_owned()).filter(|said| !said.is_empty());
    }
    Ok(())
}

/// The file's text.
fn text(arguments: &Init, legacy: &legacy::Legacy) -> Result<String, Error> {
    let missing = |flag: &str| {
        wrong(say!(
            "{flag} is missing: name it, or run this on a terminal",
            "缺少 {flag}：请指定，或在终端上运行"
        ))
    };
    let client_id = arguments.client_id.as_deref().ok_or_else(|| missing("--client-id"))?;
    let access_token = arguments.access_token.as_deref().ok_or_else(|| missing("--access-token"))?;
    let mut lines = vec![
        say!(
            "# Settings of oss2youku; shared/app/sample/oss2youku.toml tells of every one.",
            "# oss2youku 的设置；全部设置见 shared/app/sample/oss2youku.toml。"
        ),
        String::new(),
        say!("# The account at Youku.", "# 优酷账号。"),
        "[accounts.main]".into(),
        set("client_id", client_id),
        set("access_token", access_token),
        say!(
            "# With it the access token is renewed by itself. It works once: all that renew it, such as a function, need this very ledger.",
            "# 有了它，访问令牌会自动续期。它只能用一次：所有续期它的程序（例如函数）必须使用这同一个台账。"
        ),
        set_if("refresh_token", arguments.refresh_token.as_deref()),
        String::new(),
        say!(
            "# The record of every upload. A bucket must never have had versioning, and needs seal_key (openssl rand -base64 32).",
            "# 每个上传的记录。bucket 必须从未开启过版本控制，且需要 seal_key（openssl rand -base64 32）。"
        ),
        "[ledger]".into(),
        set_if("location", arguments.ledger.as_deref()),
    ];
    if arguments.ledger.as_deref().is_some_and(|place| place.contains("://")) {
        let key = arguments.seal_key.clone().map_or_else(app::random_seal_key, Ok)?;
        lines.push(set("seal_key", &key));
    }
    lines.extend([
        String::new(),
        say!("# Where objects are read.", "# 从哪里读取对象。"),
        "[source]".into(),
        set_if("region", arguments.region.as_deref()),
    ]);
    if let Some(oss) = &legacy.oss {
        lines.extend([
            set("endpoint", &oss.endpoint),
            set("access_key_id", &oss.key),
            set("access_key_secret", &oss.secret),
        ]);
    }
    if let Some(bucket) = &arguments.bucket {
        let comment =
            say!("# What is published by itself, and who may watch it.", "# 自动发布哪些视频，谁可以观看。");
        let prefix = arguments.prefix.as_deref().unwrap_or_default();
        // Nothing is shown to everybody because nobody said otherwise.
        let public_type = arguments.public_type.as_deref().ok_or_else(|| missing("--public-type"))?;
        lines.extend([
            String::new(),
            comment,
            "[[rules]]".into(),
            set("bucket", bucket),
            set("prefix", prefix),
            set("account", "main"),
            set("public_type", public_type),
        ]);
    }
    if let Some(oss) = &legacy.oss {
        lines.extend([
            String::new(),
            say!(
                "# Tasks of the legacy worker's clients; their callbacks are http.",
                "# 旧 worker 的客户端发来的任务；其回调为 http。"
            ),
            "[legacy]".into(),
            set("bucket", &oss.bucket),
            "[callback]".into(),
            "allow_http = true".into(),
        ]);
    }
    Ok(lines.join("\n") + "\n")
}

/// A TOML line; JSON escapes as TOML does.
fn set(name: &str, value: &str) -> String {
    format!("{name} = {}", json!(value))
}

fn set_if(name: &str, value: Option<&str>) -> String {
    value.map_or_else(|| format!("#{name} = \"\""), |value| set(name, value))
}

/// Writes it for its owner alone: there are secrets in it.
fn write(path: &Path, text: &str, force: bool) -> Result<(), Error> {
    let mut options = File::options();
    options.write(true).mode(0o600);
    if force {
        // Emptied only once nobody else may read it.
        options.create(true).truncate(false)
    } else {
        options.create_new(true)
    };
    let written = options.open(path).and_then(|mut file| {
        // A file that is replaced keeps its mode otherwise; what is no file, such as /dev/stdout, has none to change.
        if file.metadata()?.is_file() {
            file.set_permissions(Permissions::from_mode(0o600))?;
            file.set_len(0)?;
        }
        file.write_all(text.as_bytes())
    });
    written.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => say!(
                "there is such a file: --force replaces it, --out names another",
                "文件已存在：--force 覆盖，--out 另存"
            ),
            _ => say!("the file cannot be written: {error}", "无法写入文件：{error}"),
        };
        wrong(why).with_context("file", path.display().to_string())
    })
}
