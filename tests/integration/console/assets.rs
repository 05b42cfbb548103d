//! The page's files: complete in both languages, small, and from nowhere else.

use crate::support::workspace;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::{Command, Stdio},
};
use upload_core::{ErrorKind, ledger::WaitReason};

/// Most bytes of all files.
const RAW: usize = 80 * 1024;
/// Most bytes of all files one after the other, as `gzip -9` leaves them.
const COMPRESSED: usize = 25 * 1024;
/// The label of the switch to Chinese is the same in every language.
const LANGUAGE_NAME: &str = "\"中文\"";
/// Why an upload waits.
const WAIT_REASONS: [WaitReason; 10] = [
    WaitReason::RateLimited,
    WaitReason::Deadline,
    WaitReason::Unauthorized,
    WaitReason::ClientRefused,
    WaitReason::Reauthorize,
    WaitReason::CallerTokenGone,
    WaitReason::Hash,
    WaitReason::CommitUnknown,
    WaitReason::SourceRefused,
    WaitReason::TargetRefused,
];

/// The files by name.
fn assets() -> BTreeMap<String, String> {
    let folder = workspace().join("shared/console/assets");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let read = |entry: fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(read).collect()
}

/// The lines of a block of `text.js`.
fn block<'a>(text: &'a str, begin: &str) -> impl Iterator<Item = &'a str> {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("no {begin}"));
    rest.lines().skip(1).take_while(|line| *line != "};").filter(|line| !line.is_empty())
}

/// The table of texts: key, English, Chinese.
fn table(text: &str) -> BTreeMap<String, [String; 2]> {
    let entry = |line: &str| {
        let json = format!("{{{}}}", line.trim().trim_end_matches(','));
        let entry: BTreeMap<String, [String; 2]> = serde_json::from_str(&json)
            .unwrap_or_else(|error| panic!("no `\"key\": [\"English\", \"中文\"],`: {line}: {error}"));
        entry.into_iter().next().unwrap()
    };
    block(text, "const TABLE = {").map(entry).collect()
}

fn has_chinese(text: &str) -> bool {
    text.chars().any(|one| matches!(one, '\u{4e00}'..='\u{9fff}'))
}

/// The names of the blanks of a text.
fn blanks(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// What stands between quotation marks of this kind, and what stands before the first `${` of a template.
fn quoted(text: &str, mark: char) -> BTreeSet<&str> {
    let inside = text.lines().flat_map(|line| line.split(mark).skip(1).step_by(2));
    inside.map(|text| text.split("${").next().unwrap_or_default()).collect()
}

/// Each text is there in both languages, with the same blanks; Chinese lacks only where both are one name or sign.
#[test]
fn every_text_is_there_in_both_languages() {
    let assets = assets();
    let table = table(&assets["text.js"]);
    assert!(table.len() > 100, "{}", table.len());
    for (key, [english, chinese]) in &table {
        assert!(!english.is_empty() && !has_chinese(english), "{key}: {english}");
        let words = english.split(['{', '}']).step_by(2).any(|text| text.contains(char::is_alphabetic));
        assert!(has_chinese(chinese) || english == chinese || !words, "{key}: {chinese}");
        let forms: Vec<_> = english.split('|').map(blanks).collect();
        // One of something may be said without its number.
        assert_eq!(forms.last(), Some(&blanks(chinese)), "{key}");
    }
    let elsewhere = assets.iter().filter(|(name, _)| name.ends_with(".js") && *name != "text.js");
    for (name, text) in elsewhere {
        let line = text.lines().find(|line| has_chinese(&line.replace(LANGUAGE_NAME, "")));
        assert_eq!(line, None, "{name} has a text that is not in the table");
    }
}

/// No text is asked for that the table lacks, and none stands there that nobody asks for.
#[test]
fn the_texts_are_those_that_are_asked_for() {
    let assets = assets();
    let table = table(&assets["text.js"]);
    let scripts: Vec<_> = assets.iter().filter(|(name, _)| name.ends_with(".js")).collect();
    let mut used = BTreeSet::new();
    for (name, text) in &scripts {
        for asked in text.split(" t(\"").skip(1).chain(text.split("(t(\"").skip(1)) {
            let key = asked.split('"').next().unwrap();
            assert!(table.contains_key(key), "{name}: {key}");
        }
        if *name != "text.js" {
            used.extend(quoted(text, '"').into_iter().chain(quoted(text, '`')).map(str::to_owned));
        }
    }
    let is_used = |key: &str| {
        let (kind, name) = key.split_once('.').unwrap_or((key, ""));
        used.contains(key) || used.contains(&format!("{kind}.")) || (used.contains(kind) && !name.is_empty())
    };
    let unused: Vec<_> = table.keys().filter(|key| !is_used(key)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// Whatever ends an upload or keeps it waiting has words.
#[test]
fn every_error_and_wait_reason_has_words() {
    let assets = assets();
    let text = &assets["text.js"];
    let table = table(text);
    let same: BTreeMap<_, _> = block(text, "const SAME = {")
        .flat_map(|line| line.split(','))
        .filter_map(|entry| entry.split_once(':'))
        .map(|(code, other)| (code.trim(), other.trim().trim_matches('"')))
        .collect();
    let reasons = WAIT_REASONS.map(|reason| serde_json::to_value(reason).unwrap());
    let reasons = reasons.iter().filter_map(Value::as_str).map(str::to_owned);
    for code in ErrorKind::all().map(|kind| kind.code().to_owned()).chain(reasons) {
        let key = format!("why.{}", same.get(code.as_str()).unwrap_or(&code.as_str()));
        assert!(table.contains_key(&key), "{key}");
    }
}

/// Nothing comes from another host, nothing is markup that data could reach, and nothing breaks the page's own policy.
#[test]
fn the_files_ask_no_other_host_and_write_no_markup() {
    let namespace = "xmlns=\"http://www.w3.org/2000/svg\"";
    let markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"];
    let inline = [" style=", "<style", "onclick=\"", "<script>", "javascript:", "\"style\""];
    for (name, text) in assets() {
        let text = text.replace(namespace, "");
        let foreign = ["://", "\"//", "'//", "url(", "@import"];
        for wrong in foreign.iter().chain(&markup).chain(&inline) {
            assert!(!text.contains(wrong), "{name} has {wrong}");
        }
    }
}

/// Each file that one of them names is there, and each is named.
#[test]
fn the_files_are_those_that_are_named() {
    let assets = assets();
    let mut named: BTreeSet<_> = ["index.html".to_owned()].into();
    for text in assets.values() {
        let imports = text.split("from \"./").skip(1);
        let links = text.split("\"/assets/").skip(1);
        named.extend(imports.chain(links).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    assert_eq!(assets.keys().cloned().collect::<BTreeSet<_>>(), named);
}

/// The page stays small: it is part of the program, and read by people.
#[test]
fn the_files_keep_their_budget() {
    let all: Vec<u8> = assets().into_values().flat_map(String::into_bytes).collect();
    let mut gzip = Command::new("gzip")
        .args(["-9", "--stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = gzip.stdin.take().unwrap();
    let raw = all.len();
    let writing = std::thread::spawn(move || std::io::Write::write_all(&mut input, &all));
    let compressed = gzip.wait_with_output().unwrap().stdout.len();
    writing.join().unwrap().unwrap();
    assert!(raw <= RAW && compressed <= COMPRESSED, "{raw} bytes, {compressed} compressed");
    assert!(compressed > COMPRESSED / 4, "{compressed}");
}
