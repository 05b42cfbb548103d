//! The help in the language in use. clap knows it in English, from the comments on the arguments; the Chinese table lies over it.

mod zh;

use crate::{
    args::Arguments,
    exit::USAGE,
    lang::{Lang, lang},
};
use clap::{
    Arg, Command, CommandFactory, Error,
    error::{ContextKind, ContextValue, ErrorKind},
};
use std::{
    io::{Write, stderr, stdout},
    process::ExitCode,
};

const TEMPLATE_ZH: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// All commands.
pub(crate) fn command() -> Command {
    let command = Arguments::command();
    match lang() {
        Lang::En => command,
        Lang::Zh => translated(command, ""),
    }
}

/// The same command in Chinese, and those below it. `path` is what was typed before it.
fn translated(command: Command, path: &str) -> Command {
    let about = zh::about(path, command.get_name());
    let mut command =
        command.help_template(TEMPLATE_ZH).subcommand_help_heading("命令").disable_help_subcommand(true);
    if let Some(about) = about {
        command = command.about(about).long_about(None::<&str>);
    }
    if command.get_after_help().is_some() {
        command = command.after_help(zh::EXIT_CODES);
    }
    // The flags that clap adds by itself must be there to be worded.
    let mut command = command
        .disable_help_flag(true)
        .arg(Arg::new("help").short('h').long("help").action(clap::ArgAction::Help).help("显示帮助"));
    if path.is_empty() {
        command = command.disable_version_flag(true).arg(
            Arg::new("version").short('V').long("version").action(clap::ArgAction::Version).help("显示版本"),
        );
    }
    let name = command.get_name().to_owned();
    let below = if path.is_empty() { "-".to_owned() } else { name };
    command
        .mut_args(|argument| worded(argument, if path.is_empty() { "" } else { &below }))
        .mut_subcommands(|command| translated(command, &below))
}

fn worded(argument: Arg, command: &str) -> Arg {
    let heading = if argument.is_positional() { "参数" } else { "选项" };
    let mut help = zh::argument(command, argument.get_id().as_str()).map(str::to_owned);
    let values: Vec<_> =
        argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|one| one.to_string_lossy().into_owned()).collect();
    let takes = argument.get_action().takes_values();
    if let Some(help) = &mut help {
        if takes && !values.is_empty() {
            *help += &format!("[可选：{}]", values.join("、"));
        }
        if takes && !defaults.is_empty() {
            *help += &format!("[默认：{}]", defaults.join("、"));
        }
    }
    let argument = argument.help_heading(heading).hide_possible_values(true).hide_default_value(true);
    match help {
        Some(help) => argument.help(help),
        None => argument,
    }
}

/// Tells what is wrong with the command line, or the help that it asks for.
pub(crate) fn refuse(error: &Error) -> ExitCode {
    // Whom nobody hears has nobody to tell.
    if !error.use_stderr()
        || lang() == Lang::En
        || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        let _ = error.print();
    } else {
        let _ = writeln!(stderr(), "错误：{}\n\n更多信息请用 --help 查看。", in_chinese(error));
    }
    ExitCode::from(if error.use_stderr() { USAGE } else { 0 })
}

/// What is wrong with a command line.
fn in_chinese(error: &Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let (argument, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    // A value's own reader says in the language in use what it expected.
    let why = std::error::Error::source(error).map(|why| format!("：{why}")).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => format!("没有参数“{argument}”"),
        ErrorKind::InvalidSubcommand => format!("没有命令“{}”", text(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingSubcommand => "缺少命令".into(),
        ErrorKind::MissingRequiredArgument => format!("缺少参数：{argument}"),
        ErrorKind::ArgumentConflict => format!("“{argument}”不能与“{}”同用", text(ContextKind::PriorArg)),
        ErrorKind::InvalidValue if value.is_empty() => format!("“{argument}”缺少值"),
        ErrorKind::InvalidValue => {
            format!("“{argument}”的值“{value}”无效，可选：{}", text(ContextKind::ValidValue))
        }
        ErrorKind::ValueValidation => format!("“{argument}”的值“{value}”无效{why}"),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => format!("“{argument}”的值过多"),
        _ => error.to_string(),
    }
}

/// Prints the completions for a shell.
pub(crate) fn complete(shell: clap_complete::Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "oss2youku", &mut script);
    let _ = stdout().write_all(&script);
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::EXIT_CODES;

    /// Every command and argument that a person sees, by command and id.
    fn visible(command: &Command, path: &str, all: &mut Vec<(String, Option<String>)>) {
        for argument in command.get_arguments().filter(|one| !one.is_hide_set() && one.get_id() != "help") {
            all.push((path.to_owned(), Some(argument.get_id().to_string())));
        }
        for below in command.get_subcommands().filter(|one| !one.is_hide_set()) {
            all.push((below.get_name().to_owned(), None));
            visible(below, below.get_name(), all);
        }
    }

    #[test]
    fn every_command_and_argument_has_its_chinese_words_and_no_word_is_left_over() {
        let mut all = Vec::new();
        visible(&Arguments::command(), "", &mut all);
        for (command, argument) in &all {
            let found = match argument {
                None => zh::about("-", command),
                Some(argument) => zh::argument(command, argument),
            };
            assert!(found.is_some(), "{command} {argument:?} has no Chinese help");
        }
        for (command, argument) in zh::all() {
            let known = all.iter().any(|(one, id)| {
                (command == "*" || one == command) && id.as_deref().unwrap_or_default() == argument
            });
            assert!(known || command == "-", "{command} {argument} is no argument any more");
        }
        let exits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        assert_eq!(exits(EXIT_CODES), exits(zh::EXIT_CODES), "the same exit codes");
    }

    #[test]
    fn both_helps_can_be_built() {
        Arguments::command().debug_assert();
        translated(Arguments::command(), "").debug_assert();
    }
}
