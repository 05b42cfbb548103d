//! Marks in Chinese: full-width ones, as in print. Code, links and file names keep their own.

use crate::{
    docs::{prose, without_code},
    support::workspace,
    words::files,
};
use std::fs;

/// Where Chinese stands that people read.
const PLACES: [&str; 7] = [
    "README.zh-CN.md",
    "docs/guide/zh",
    "functions/cli/src",
    "functions/gearman-shim/src",
    "shared/chat-robots/src/wording",
    "shared/console/assets",
    "tests/golden",
];
/// Half-width marks that have a full-width form: after Chinese, and before it.
const AFTER: &str = ",:;!?()";
const BEFORE: &str = ",:;!?(";

fn is_chinese(one: char) -> bool {
    matches!(one, '\u{4e00}'..='\u{9fff}' | '）' | '”' | '》')
}

/// Half-width marks next to Chinese in a line of text, each with what stands around it.
fn find_half_width(line: &str) -> Vec<String> {
    let line: Vec<char> = without_links(&without_code(line)).chars().collect();
    let is_half_width = |at: usize| {
        let before = at.checked_sub(1).is_some_and(|before| is_chinese(line[before]));
        let next = line[at + 1..].iter().copied().find(|one| *one != ' ');
        // An ellipsis of three dots stands where a text is cut.
        let is_end = line.get(at + 1).is_none_or(|next| !next.is_alphanumeric() && *next != '.');
        (before && AFTER.contains(line[at]))
            || (before && line[at] == '.' && is_end)
            || (BEFORE.contains(line[at]) && next.is_some_and(|next| matches!(next, '\u{4e00}'..='\u{9fff}')))
    };
    let found = (0..line.len()).filter(|at| is_half_width(*at));
    found.map(|at| line[at.saturating_sub(6)..(at + 6).min(line.len())].iter().collect()).collect()
}

/// The line without the targets of its links.
fn without_links(line: &str) -> String {
    let mut parts = line.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |line, part| line + "]" + part.split_once(')').map_or("", |(_, rest)| rest))
}

#[test]
fn marks_next_to_chinese_are_full_width() {
    let mut found = Vec::new();
    for file in files(&PLACES) {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(workspace()).unwrap().display().to_string();
        // The name of the language stands in an English sentence there.
        if name.ends_with(".en.txt") {
            continue;
        }
        found.extend(prose(&text).flat_map(find_half_width).map(|mark| format!("{name}: {mark}")));
    }
    assert!(found.is_empty(), "half-width marks next to Chinese:\n{}", found.join("\n"));
}

#[test]
fn half_width_marks_next_to_chinese_are_found() {
    for line in [
        "设置: 读取",
        "来源 oss://a/: 列出",
        "文件,目录",
        "（见上文）, 其他",
        "对象(旧)",
        "结束.",
        "bucket (中文)",
    ] {
        assert!(!find_half_width(line).is_empty(), "{line}");
    }
    for line in [
        "设置：读取",
        "`a: 文`",
        "见[扩展名](metadata.md#扩展名)。",
        "文件 a.mp4",
        "端口 [443, 80]",
        "文件.txt",
    ] {
        assert_eq!(find_half_width(line), [""; 0], "{line}");
    }
}

/// The system's and the libraries' words are English: what is put into a Chinese text has been translated.
#[test]
fn no_error_stands_in_a_chinese_text_as_it_is() {
    let sources = files(&["functions/cli/src"]);
    let lines = sources.iter().flat_map(|file| {
        let text = fs::read_to_string(file).unwrap();
        let lines = text.lines().filter(|line| line.contains("{error}") && line.contains(is_chinese));
        lines.map(|line| format!("{}: {line}", file.display())).collect::<Vec<_>>()
    });
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [""; 0],
        "translate it by details::localize_io or details::describe"
    );
}
