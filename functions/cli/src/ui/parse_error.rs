//! Reports what is wrong with the command line, in the language in use.

use crate::{
    exit_code::USAGE,
    ui::{
        details::translate_or_keep,
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
        print_error(describe_zh(error));
    }
    ExitCode::from(if error.use_stderr() { USAGE } else { 0 })
}

/// What is wrong with a command line, what may have been meant, and the usage, as clap writes them, in Chinese.
fn describe_zh(error: &Error) -> String {
    let mut text = format!("错误：{}\n", describe_mistake_zh(error));
    if let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested)
        && !tips.is_empty()
    {
        let tips = tips.iter().map(|tip| format!("\n  提示：{}", translate_or_keep(&tip.to_string())));
        text.extend(tips);
        text.push('\n');
    }
    if let Some(usage) = error.get(ContextKind::Usage) {
        text += &format!("\n{}\n", usage.to_string().replacen("Usage: ", "用法：", 1).trim_end());
    }
    text + "\n更多信息请用 --help 查看。"
}

/// What is wrong with a command line, in a sentence.
fn describe_mistake_zh(error: &Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let (argument, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    // Our parsers of values speak the language in use, those of clap and of Rust speak English.
    let why =
        std::error::Error::source(error).map(|why| format!("：{}", translate_or_keep(&why.to_string())));
    let why = why.unwrap_or_default();
    let similar = |kind| match text(kind) {
        empty if empty.is_empty() => empty,
        similar => format!("，是否指“{similar}”？"),
    };
    match error.kind() {
        ErrorKind::UnknownArgument => format!("没有参数“{argument}”{}", similar(ContextKind::SuggestedArg)),
        ErrorKind::InvalidSubcommand => {
            let command = text(ContextKind::InvalidSubcommand);
            format!("没有命令“{command}”{}", similar(ContextKind::SuggestedSubcommand))
        }
        ErrorKind::MissingSubcommand => "缺少命令".into(),
        ErrorKind::MissingRequiredArgument => format!("缺少参数：{argument}"),
        ErrorKind::ArgumentConflict if argument == text(ContextKind::PriorArg) => {
            format!("“{argument}”只能给出一次")
        }
        ErrorKind::ArgumentConflict => format!("“{argument}”不能与“{}”同用", text(ContextKind::PriorArg)),
        ErrorKind::InvalidValue if value.is_empty() => format!("“{argument}”缺少值"),
        ErrorKind::InvalidValue => {
            let similar = similar(ContextKind::SuggestedValue);
            format!("“{argument}”的值“{value}”无效，可选：{}{similar}", text(ContextKind::ValidValue))
        }
        ErrorKind::ValueValidation => format!("“{argument}”的值“{value}”无效{why}"),
        ErrorKind::TooManyValues => format!("“{argument}”的值过多：“{value}”是多余的"),
        ErrorKind::TooFewValues => format!("“{argument}”的值过少"),
        ErrorKind::WrongNumberOfValues => format!("“{argument}”的值的数量不对"),
        ErrorKind::NoEquals => format!("“{argument}”与值之间须用等号"),
        ErrorKind::InvalidUtf8 => "命令行含有不是 UTF-8 的内容".into(),
        // Those are helps, and kinds newer than this table.
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Arguments;
    use clap::Parser as _;

    /// What is wrong with a line, as `describe` says it.
    fn parse(line: &str, describe: fn(&Error) -> String) -> String {
        Arguments::try_parse_from(line.split(' ')).map_or_else(|error| describe(&error), |_| "it fits".into())
    }

    /// Whatever is wrong with a command line is said in Chinese, and names what it is about.
    #[test]
    fn every_mistake_has_its_chinese_sentence() {
        for (line, chinese) in [
            ("oss2youku lst", "没有命令“lst”，是否指“list”？"),
            ("oss2youku list --opne", "没有参数“--opne”，是否指“--open”？"),
            ("oss2youku list --color", "没有参数“--color”"),
            ("oss2youku upload", "缺少参数：<SOURCE>..."),
            ("oss2youku list --open --finished", "“--open”不能与“--finished”同用"),
            ("oss2youku list --open --open", "“--open”只能给出一次"),
            ("oss2youku list --limit 1 --limit 2", "“--limit <N>”只能给出一次"),
            ("oss2youku list --open=yes", "“--open”的值过多：“yes”是多余的"),
            ("oss2youku list --limit", "“--limit <N>”缺少值"),
            ("oss2youku list --limit 0", "“--limit <N>”的值“0”无效：0 不在 1..=1000 的范围内"),
            ("oss2youku list --limit x", "“--limit <N>”的值“x”无效：不是整数"),
            ("oss2youku upload a.mp4 --mode x", "“--mode <MODE>”的值“x”无效，可选：oss、slice"),
            (
                "oss2youku upload a.mp4 --mode slic",
                "“--mode <MODE>”的值“slic”无效，可选：oss、slice，是否指“slice”？",
            ),
        ] {
            assert_eq!(parse(line, describe_mistake_zh), chinese, "{line}");
        }
    }

    /// The hints and the usage stand below, and nothing of it is English but names.
    #[test]
    fn hints_and_usage_are_chinese() {
        assert_eq!(
            parse("oss2youku upload --titel x", describe_zh),
            "错误：没有参数“--titel”，是否指“--title”？\n\n用法：oss2youku upload --title <TITLE> <SOURCE>...\n\n\
             更多信息请用 --help 查看。"
        );
        assert_eq!(
            parse("oss2youku upload --x", describe_zh),
            "错误：没有参数“--x”\n\n  提示：若要把“--x”作为值，请写“-- --x”\n\n用法：oss2youku upload [OPTIONS] <SOURCE>...\n\n\
             更多信息请用 --help 查看。"
        );
        let elsewhere = parse("oss2youku --wait upload a.mp4", describe_zh);
        assert!(elsewhere.contains("提示：有“upload --wait”"), "{elsewhere}");
    }
}
