//! The help in the language in use. clap generates the English help from the comments on the flags; the Chinese table overlays it.

use super::language::Lang;
use crate::config::Config;
use clap::{Arg, ArgAction, Command, CommandFactory};

/// Builds the command line, with its help in this language.
pub(crate) fn build_command(lang: Lang) -> Command {
    match lang {
        Lang::En => Config::command(),
        Lang::Zh => translate(Config::command()),
    }
}

fn translate(command: Command) -> Command {
    let (header, usage) = (*command.get_styles().get_header(), *command.get_styles().get_usage());
    // The titles that clap writes itself are English, or end in a half-width colon.
    let template = format!(
        "{{about-with-newline}}\n{usage}用法：{usage:#}{{usage}}\n\n{header}选项：{header:#}\n{{options}}{{after-help}}"
    );
    // The flags that clap adds must exist to be translated.
    let (help, version) =
        (Arg::new("help").short('h').long("help"), Arg::new("version").short('V').long("version"));
    command
        .about(ABOUT)
        .help_template(template)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(translate_argument)
        .arg(help.action(ArgAction::Help).help("显示帮助"))
        .arg(version.action(ArgAction::Version).help("显示版本"))
}

fn translate_argument(argument: Arg) -> Arg {
    let Some(help) = find_argument(argument.get_id().as_str()) else { return argument };
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|one| one.to_string_lossy().into_owned()).collect();
    let env = argument.get_env().map(|name| name.to_string_lossy().into_owned());
    let takes_value = argument.get_action().takes_values();
    let notes = [
        (!defaults.is_empty() && takes_value).then(|| format!("[默认：{}]", defaults.join("、"))),
        env.map(|name| format!("[环境变量：{name}]")),
    ];
    let help = notes.into_iter().flatten().fold(help.to_owned(), |help, note| help + &note);
    let argument = argument.help(help).hide_env(true);
    // clap refuses these marks on a flag without a value.
    if takes_value { argument.hide_possible_values(true).hide_default_value(true) } else { argument }
}

fn find_argument(id: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == id).map(|(_, help)| *help)
}

const ABOUT: &str = "接收 Gearman 任务，交给 oss2youku 的函数处理，并像旧 worker 那样应答。";

/// Flag, help.
const ALL: &[(&str, &str)] = &[
    ("servers", "一个 gearmand，形如 HOST、HOST:PORT 或 [ADDRESS]:PORT；可给出多次"),
    ("function_url", "函数的 HTTP 触发器地址，不含 `/uploads` 等 HTTP 接口自身的路径"),
    ("token_file", "保存函数所接受令牌的文件，令牌需要 submit 和 read 权限；令牌被拒绝时会重新读取该文件"),
    ("jobs", "同时处理的任务数，对所有 gearmand 合计"),
    ("function_name", "提供的 Gearman 函数名"),
    ("health", "在该地址提供 /healthz 和 /metrics"),
    ("tls_ca", "用 TLS 连接 gearmand，且只信任该 PEM 文件中的证书"),
    ("once", "只接收一个任务，处理后退出"),
    ("fail_packets", "失败时应答不带文本的 WORK_FAIL，而不是旧 worker 的 JSON"),
    ("max_payload_kib", "任务内容最多多少 KiB；函数另有自己的上限（`http.body_limit_kib`）"),
    ("budget", "任务开始后多少秒内可以再次调用函数"),
    ("response_timeout", "等待函数开始应答的秒数；不支持流式应答的函数到结束时才应答"),
    ("drain", "收到 SIGTERM 后留给进行中任务的秒数；未完成的任务退回队列"),
    (
        "lang",
        "帮助和启动错误的语言：zh（中文）或 en（英文）；默认取自 LC_ALL、LC_MESSAGES 或 LANG，否则为英文",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every flag has its Chinese help, the table has no entry for anything else, and both command lines are sound.
    #[test]
    fn the_chinese_help_is_complete() {
        let english = Config::command();
        let mut ids: Vec<_> = english.get_arguments().map(|one| one.get_id().as_str()).collect();
        let mut known: Vec<_> = ALL.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        known.sort_unstable();
        assert_eq!(ids, known);
        english.clone().debug_assert();
        translate(english).debug_assert();
    }
}
