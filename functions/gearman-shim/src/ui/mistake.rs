//! What is wrong with a command line, in Chinese.

use clap::{
    Error,
    error::{ContextKind, ContextValue, ErrorKind},
};

/// Describes it, with the flag that may have been meant and the usage; kinds that this command line cannot have stay English.
pub(super) fn describe(error: &Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let (argument, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    let mistake = match error.kind() {
        ErrorKind::UnknownArgument => match text(ContextKind::SuggestedArg) {
            similar if similar.is_empty() => format!("没有参数“{argument}”"),
            similar => format!("没有参数“{argument}”，是否指“{similar}”？"),
        },
        ErrorKind::MissingRequiredArgument => format!("缺少参数：{argument}"),
        // No two flags exclude each other.
        ErrorKind::ArgumentConflict => format!("“{argument}”只能给出一次"),
        ErrorKind::InvalidValue if value.is_empty() => format!("“{argument}”缺少值"),
        ErrorKind::InvalidValue => {
            format!("“{argument}”的值“{value}”无效，可选：{}", text(ContextKind::ValidValue))
        }
        ErrorKind::TooManyValues => format!("“{argument}”的值过多：“{value}”是多余的"),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(|why| describe_value(&why.to_string()));
            format!("“{argument}”的值“{value}”无效：{}", why.unwrap_or_default())
        }
        _ => return error.to_string(),
    };
    let usage = text(ContextKind::Usage).replacen("Usage: ", "用法：", 1);
    let usage = if usage.is_empty() { usage } else { format!("{}\n\n", usage.trim_end()) };
    format!("错误：{mistake}\n\n{usage}更多信息请用 --help 查看。")
}

/// Why a value does not fit, by the words of the parser.
fn describe_value(why: &str) -> String {
    let words = VALUES.iter().find(|(english, _)| *english == why).map(|(_, chinese)| (*chinese).to_owned());
    let by_end = || match (why.split_once(" is not in "), why.split_once(": ")) {
        (Some((value, range)), _) => Some(format!("{value} 不在 {range} 的范围内")),
        (None, Some(("not a URL", _))) => Some("不是 URL".into()),
        _ if why.ends_with("is not HOST, HOST:PORT or [ADDRESS]:PORT") => {
            Some("应为 HOST、HOST:PORT 或 [ADDRESS]:PORT".into())
        }
        _ => None,
    };
    words.or_else(by_end).unwrap_or_else(|| why.to_owned())
}

/// Words of the parsers of values: ours, clap's and Rust's.
const VALUES: &[(&str, &str)] = &[
    ("must end with its path", "地址应以路径结尾，不带查询参数和锚点"),
    (
        "must be without the HTTP API's own paths: leave out /uploads and what follows, or /healthz",
        "不要带 HTTP 接口自身的路径：请去掉 /uploads 及其后的部分，或 /healthz",
    ),
    ("must begin with http:// or https://", "应以 http:// 或 https:// 开头"),
    ("must be visible ASCII characters without blanks", "应为不含空白的可见 ASCII 字符"),
    ("must be a whole number of seconds", "应为整数秒"),
    ("invalid digit found in string", "不是整数"),
    ("cannot parse integer from empty string", "为空，应为整数"),
    ("invalid socket address syntax", "应为 ADDRESS:PORT"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use clap::Parser as _;

    fn sentence(line: &str) -> String {
        let required = "shim --server s --function-url http://f/ --token-file t";
        let line = line.replace("shim ", &format!("{required} "));
        let mistake = Config::try_parse_from(line.split(' ')).err().map(|error| describe(&error));
        let mistake = mistake.unwrap_or_else(|| "it fits".into());
        mistake.lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn every_mistake_has_its_chinese_sentence() {
        for (line, chinese) in [
            ("shim --onse", "错误：没有参数“--onse”，是否指“--once”？"),
            ("shim --color", "错误：没有参数“--color”"),
            ("shim --once --once", "错误：“--once”只能给出一次"),
            ("shim --jobs", "错误：“--jobs <N>”缺少值"),
            ("shim --jobs 0", "错误：“--jobs <N>”的值“0”无效：0 不在 1..=1000 的范围内"),
            ("shim --jobs x", "错误：“--jobs <N>”的值“x”无效：不是整数"),
            ("shim --once=1", "错误：“--once”的值过多：“1”是多余的"),
            ("shim --lang fr", "错误：“--lang <LANG>”的值“fr”无效，可选：zh、en"),
            ("shim --drain 1h", "错误：“--drain <SECONDS>”的值“1h”无效：应为整数秒"),
            ("shim --health 9100", "错误：“--health <ADDRESS:PORT>”的值“9100”无效：应为 ADDRESS:PORT"),
            (
                "shim --server a:b",
                "错误：“--server <HOST:PORT>”的值“a:b”无效：应为 HOST、HOST:PORT 或 [ADDRESS]:PORT",
            ),
        ] {
            assert_eq!(sentence(line), chinese, "{line}");
        }
        for (url, chinese) in [
            ("f", "不是 URL"),
            ("ftp://f", "应以 http:// 或 https:// 开头"),
            ("http://f/?a=b", "地址应以路径结尾，不带查询参数和锚点"),
            ("http://f/uploads", "不要带 HTTP 接口自身的路径：请去掉 /uploads 及其后的部分，或 /healthz"),
        ] {
            let error = Config::try_parse_from(["shim", "--function-url", url]).err();
            let text = error.map(|error| describe(&error)).unwrap_or_default();
            let sentence = format!("错误：“--function-url <URL>”的值“{url}”无效：{chinese}\n");
            assert!(text.starts_with(&sentence), "{text}");
        }
    }
}
