//! The page's files: complete in both languages, small, and from nowhere else.

use crate::support::workspace;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::{Command, Stdio},
};
use upload_core::{ErrorKind, ledger::WaitReason};

/// Most bytes of what the page loads at first, and of the same one file after the other as `gzip -9` leaves them.
const AT_FIRST: Budget = Budget { raw: 80 * 1024, compressed: 25 * 1024 };
/// The same of what is loaded when a view is opened.
const LATER: Budget = Budget { raw: 32 * 1024, compressed: 11 * 1024 };
/// The files with the table of texts: those of the page at first, and those of the views that are loaded later.
const TEXTS: [&str; 2] = ["text.js", "more_text.js"];
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

struct Budget {
    raw: usize,
    compressed: usize,
}

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

/// The table of all texts; no key stands in two files.
fn all_texts(assets: &BTreeMap<String, String>) -> BTreeMap<String, [String; 2]> {
    let mut all = BTreeMap::new();
    for (key, texts) in TEXTS.iter().flat_map(|file| table(&assets[*file])) {
        assert!(all.insert(key.clone(), texts).is_none(), "{key} stands there twice");
    }
    all
}

/// What a file names that the browser loads with it: the parts of its text behind each of these.
fn named_by<'a>(text: &'a str, before: &'static [&'static str]) -> impl Iterator<Item = &'a str> {
    let parts = before.iter().flat_map(move |mark| text.split(mark).skip(1));
    parts.filter_map(|rest| rest.split('"').next())
}

/// Behind these stands a file that is loaded at once with the one that names it.
const AT_ONCE: &[&str] = &["from \"./", "import \"./", "=\"/assets/"];
/// Behind these stands one that is loaded later.
const ON_DEMAND: &[&str] = &["import(\"./", "href: \"/assets/"];

/// What the page loads at first: whatever its HTML names, and whatever that names.
fn loaded_at_first(assets: &BTreeMap<String, String>) -> BTreeSet<String> {
    let (mut loaded, mut left) = (BTreeSet::new(), vec!["index.html".to_owned()]);
    while let Some(name) = left.pop() {
        left.extend(
            named_by(&assets[&name], AT_ONCE).map(str::to_owned).filter(|next| !loaded.contains(next)),
        );
        loaded.insert(name);
    }
    loaded
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
    let table = all_texts(&assets);
    assert!(table.len() > 150, "{}", table.len());
    for (key, [english, chinese]) in &table {
        assert!(!english.is_empty() && !has_chinese(english), "{key}: {english}");
        let words = english.split(['{', '}']).step_by(2).any(|text| text.contains(char::is_alphabetic));
        assert!(has_chinese(chinese) || english == chinese || !words, "{key}: {chinese}");
        let forms: Vec<_> = english.split('|').map(blanks).collect();
        // One of something may be said without its number.
        assert_eq!(forms.last(), Some(&blanks(chinese)), "{key}");
    }
    let elsewhere =
        assets.iter().filter(|(name, _)| name.ends_with(".js") && !TEXTS.contains(&name.as_str()));
    for (name, text) in elsewhere {
        let line = text.lines().find(|line| has_chinese(&line.replace(LANGUAGE_NAME, "")));
        assert_eq!(line, None, "{name} has a text that is not in the table");
    }
}

/// No text is asked for that the table lacks, and none stands there that nobody asks for.
#[test]
fn the_texts_are_those_that_are_asked_for() {
    let assets = assets();
    let (table, first) = (all_texts(&assets), table(&assets["text.js"]));
    let at_first = loaded_at_first(&assets);
    let scripts: Vec<_> = assets.iter().filter(|(name, _)| name.ends_with(".js")).collect();
    let mut used = BTreeSet::new();
    for (name, text) in &scripts {
        for asked in text.split(" t(\"").skip(1).chain(text.split("(t(\"").skip(1)) {
            let key = asked.split('"').next().unwrap();
            let is_there =
                if at_first.contains(*name) { first.contains_key(key) } else { table.contains_key(key) };
            assert!(is_there, "{name}: {key}");
        }
        if !TEXTS.contains(&name.as_str()) {
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
        named.extend(named_by(text, AT_ONCE).chain(named_by(text, ON_DEMAND)).map(str::to_owned));
    }
    assert_eq!(assets.keys().cloned().collect::<BTreeSet<_>>(), named);
}

/// The page stays small, both what every visit loads and what a view adds: it is part of the program, and read by people.
#[test]
fn the_files_keep_their_budget() {
    let assets = assets();
    let at_first = loaded_at_first(&assets);
    let (first, later): (Vec<_>, Vec<_>) = assets.into_iter().partition(|(name, _)| at_first.contains(name));
    assert!(later.iter().any(|(name, _)| name == "new.js"), "{later:?}");
    for (files, Budget { raw, compressed }) in [(first, AT_FIRST), (later, LATER)] {
        let (has_raw, has_compressed) =
            measure(files.into_iter().flat_map(|(_, text)| text.into_bytes()).collect());
        assert!(
            has_raw <= raw && has_compressed <= compressed,
            "{has_raw} bytes, {has_compressed} compressed; at most {raw} and {compressed}"
        );
        assert!(has_compressed > compressed / 4, "{has_compressed}");
    }
}

/// Bytes, and bytes as `gzip -9` leaves them.
fn measure(all: Vec<u8>) -> (usize, usize) {
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
    (raw, compressed)
}
