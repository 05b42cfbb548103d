//! Words: one for each thing, in what people read.

use crate::support::workspace;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What people read.
const PLACES: [&str; 9] = [
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs",
    "template.yml",
    "functions/aws-lambda/template.yaml",
    "functions/gearman-shim/service",
    "shared/app/sample",
];

/// Where the texts of the programs stand; their English ones are those of the source code.
const COMMAND_LINE: [&str; 5] = [
    "functions/cli/src",
    "functions/gearman-shim/src",
    "shared/chat-robots/src/wording",
    "shared/console/assets",
    "tests/golden",
];

/// The Chinese word for a thing, and those that are not used for it.
const CHINESE: [(&str, &[&str]); 15] = [
    ("台账", &["账本", "总账", "分类账"]),
    ("租约", &["租赁", "租借"]),
    ("入口", &["入口点", "入口门", "大门"]),
    ("巡检", &["清扫", "打扫", "扫除"]),
    ("兼容代理", &["转接", "垫片", "适配垫"]),
    ("本地环境", &["替身", "沙箱", "沙盒"]),
    ("密封密钥", &["加密密钥", "封印"]),
    ("哈希", &["散列"]),
    ("应答", &["响应", "回应"]),
    ("凭证", &["凭据"]),
    ("设置", &["配置项"]),
    ("系统遗留的文件", &["垃圾文件"]),
    ("停止", &["终止"]),
    ("旁边的文件", &["附属信息"]),
    ("绝不盲目重试", &["凭猜测", "猜测重做"]),
];

/// Words with the character for door that are no doors: elsewhere an entrypoint is meant, which is 入口.
const WITH_DOOR: [&str; 5] = ["专门", "部门", "热门", "入门", "门户"];

/// English that was translated word by word, and what to write.
const ENGLISH: [(&str, &str); 12] = [
    ("by guess", "never blindly retried"),
    ("goes on with", "resumes, continues"),
    ("go on with", "resume, continue"),
    ("how-manieth", "number, epoch"),
    ("tries anew", "retries"),
    ("try anew", "retry"),
    ("is asked for again", "is sent again"),
    ("stand in for", "replace"),
    ("as well the", "also the"),
    ("is looked at", "is read, is checked"),
    ("with a word about", "with a description"),
    ("is told of", "receives"),
];

/// Every text file below these places.
pub(crate) fn files(places: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = places.iter().map(|place| workspace().join(place)).collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_none_or(|extension| extension != "png") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The Chinese words of a line that are not to be used, with those that are.
fn find_unwanted_chinese(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (word, others) in CHINESE {
        let used = others.iter().filter(|other| line.contains(**other));
        found.extend(used.map(|other| format!("{other}: write {word}")));
    }
    let without_allowed = WITH_DOOR.iter().fold(line.to_owned(), |line, word| line.replace(word, ""));
    if without_allowed.contains('门') {
        found.push("门: write 入口".to_owned());
    }
    found
}

/// The words of a line that are not to be used, with those that are.
fn find_unwanted(line: &str) -> Vec<String> {
    let mut found = find_unwanted_chinese(line);
    let small = line.to_lowercase();
    let phrases = ENGLISH.iter().filter(|(phrase, _)| small.contains(phrase));
    found.extend(phrases.map(|(phrase, better)| format!("{phrase}: write {better}")));
    found
}

/// What a text has of these, each with its line.
fn check(name: &Path, text: &str, find: fn(&str) -> Vec<String>) -> Vec<String> {
    let lines = text.lines().zip(1..);
    lines
        .flat_map(|(line, number)| {
            let found = find(line).into_iter();
            found.map(|found| format!("{}:{number}: {found}", name.display())).collect::<Vec<_>>()
        })
        .collect()
}

/// Checks every file below these places, and returns how many there are.
fn assert_wanted(places: &[&str], find: fn(&str) -> Vec<String>) -> usize {
    let files = files(places);
    let found: Vec<_> = files
        .iter()
        .flat_map(|file| {
            let text = fs::read_to_string(file).unwrap();
            check(file.strip_prefix(workspace()).unwrap(), &text, find)
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    files.len()
}

#[test]
fn everything_has_one_word_in_what_people_read() {
    let (documents, sources) =
        (assert_wanted(&PLACES, find_unwanted), assert_wanted(&COMMAND_LINE, find_unwanted_chinese));
    assert!(documents > 40 && sources > 80, "{documents} documents, {sources} sources");
}

#[test]
fn unwanted_words_are_found() {
    for (line, finding) in [
        ("由清扫继续", "清扫: write 巡检"),
        ("每扇门", "门: write 入口"),
        ("A commit is never repeated By Guess.", "by guess: write never blindly retried"),
    ] {
        assert_eq!(find_unwanted(line), [finding]);
    }
    for line in ["由巡检继续", "专门的 bucket", "a guess"] {
        assert_eq!(find_unwanted(line), [""; 0], "{line}");
    }
}
