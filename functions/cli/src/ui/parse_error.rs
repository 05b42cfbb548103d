//! Reports what is wrong with the command line, in the language in use.

use crate::{
    exit_code::USAGE,
    ui::{
        i18n::{Lang, current},
        output::print_error,
    },
};
use clap::{
    Error,
    error::{ContextKind, ContextValue, ErrorKind},
};
use std::process::ExitCode;

/// Prints what is wrong with the command line, or the help that it asks for.
pub(crate) fn report(error: &Error) -> ExitCode {
    if !error.use_stderr()
        || current() == Lang::En
        || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        // The stream may be closed.
        let _ = error.print();
    } else {
        print_error(format_args!("错误：{}\n\n更多信息请用 --help 查看。", describe_zh(error)));
    }
    ExitCode::from(if error.use_stderr() { USAGE } else { 0 })
}

/// What is wrong with a command line, in Chinese.
fn describe_zh(error: &Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let (argument, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    // A value's parser says in the language in use what it expected.
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
