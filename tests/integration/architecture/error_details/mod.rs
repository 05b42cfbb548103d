//! The command line's catalogue has a Chinese text for each text of the libraries that can reach a person.
//!
//! Every string of theirs that has words counts, however it becomes part of an error: a new one is noticed here.

mod literals;

use super::workspace_files::rust_files;
use crate::support::workspace;
use literals::{is_prose, normalize, texts};
use proc_macro2::{TokenStream, TokenTree};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// What stands there besides the tables.
const CODE: [&str; 7] =
    ["mod.rs", "parse.rs", "facts.rs", "system.rs", "tag_number.rs", "template.rs", "tests.rs"];
const CATALOGUE: &str = "functions/cli/src/ui/details";
/// Where the texts stand that must have an entry.
const LIBRARIES: [&str; 8] = [
    "shared/error/src/",
    "shared/upload-core/src/",
    "shared/object-storage/src/",
    "shared/youku/src/",
    "shared/webhook/src/",
    "shared/app/src/",
    "shared/http-api/src/",
    // What the console's routes say themselves is JSON for the page, which words it.
    "shared/console/src/function/client.rs",
];
/// Where texts stand in both languages, and a few in English alone.
const COMMANDS: [&str; 2] = ["functions/cli/src/commands/", "shared/chat-robots/src/wording/settings.rs"];

/// Files whose texts no one at the command line meets, and why.
const UNSEEN_FILES: [(&str, &str); 5] = [
    ("shared/app/src/adapters/robots/advice.rs", "messages to group robots have their own Chinese"),
    ("shared/upload-core/src/ledger/state.rs", "names of transitions, for programmers"),
    ("shared/upload-core/src/access_token/state.rs", "doctor words the state of a token itself"),
    ("shared/object-storage/src/credentials/world.rs", "kept as the source of another error, for the log"),
    ("shared/app/src/startup.rs", "how a function fails to start"),
];

/// Texts that no one at the command line meets as they stand, by the reason.
const UNSEEN: [(&str, &[&str]); 7] = [
    ("the name of a folder", &["System Volume Information"]),
    ("names of facts, which `facts.rs` labels", &["at byte", "did you mean", "server time"]),
    (
        "words of other programs, which are looked for",
        &[
            "invalid type",
            "invalid type: ",
            "invalid value: ",
            "invalid length ",
            "unknown variant",
            "unknown variant `",
            "unknown field",
            "duplicate field",
            "missing field `",
            "signature version",
            "too many",
            "too frequent",
            "not exist",
        ],
    ),
    (
        "parts of a header",
        &[
            "{} Credential={}/{}, SignedHeaders={}, Signature={}",
            "{} Credential={}/{},Signature={}",
            "Bearer error=\"insufficient_scope\", scope=\"manage\"",
            "Bearer error=\"insufficient_scope\", scope=\"read\"",
            "Bearer error=\"insufficient_scope\", scope=\"submit\"",
        ],
    ),
    ("the longer form of an error, for the log", &["; caused by: {}"]),
    ("the message of a success, which the command line words itself", &["upload success"]),
    ("what serde says of a type, after another text", &["an object"]),
];

/// Texts that join others: as the sources hold them, and as a person meets them.
const COMPOSED: [(&str, &str); 6] = [
    ("the robot's address must be {}{}", "the robot's address must be {}"),
    (
        ", or the same on open.larksuite.com",
        "the robot's address must be {}, or the same on open.larksuite.com",
    ),
    (
        ": the server's certificate is not valid at this machine's time; its clock may be wrong",
        "{}: the server's certificate is not valid at this machine's time; its clock may be wrong",
    ),
    ("; gave up after trying for a while", "{}; gave up after trying for a while"),
    ("secrets[{}]: {}", "callback.secrets[{}]: {}"),
    ("allowed, only_hosts: {}", "callback.allowed, only_hosts: {}"),
];

/// Entries for values with their unit, which the sources join: `{} {}`.
const WITH_UNIT: [&str; 4] = ["{} character", "{} characters", "{} entry", "{} entries"];

/// The one text of `state.rs` that a person can meet.
const TRANSITION: &str = "the step `{}` does not follow the state `{}`";

/// Every text of the product below these folders, and the first file that has it.
fn texts_below(folders: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for file in rust_files() {
        let name = file.to_str().expect("a name").to_owned();
        let is_product = folders.iter().any(|folder| name.starts_with(folder));
        let is_test =
            name.contains("/tests/") || name.ends_with("/tests.rs") || name.ends_with("/testing.rs");
        if is_product && !is_test && !UNSEEN_FILES.iter().any(|(unseen, _)| *unseen == name) {
            let source = fs::read_to_string(workspace().join(&file)).expect("a source file");
            for text in texts(&source) {
                found.entry(text).or_insert_with(|| name.clone());
            }
        }
    }
    found
}

/// The entries of the catalogue, but for those of this table.
fn entries_without(table: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(workspace().join(CATALOGUE)).expect("the catalogue").flatten() {
        if !CODE.iter().any(|code| entry.file_name() == *code) && entry.file_name() != table {
            let source = fs::read_to_string(entry.path()).expect("a table");
            collect_pairs(source.parse().expect("Rust"), &mut found);
        }
    }
    found
}

fn collect_pairs(tokens: TokenStream, found: &mut Vec<(String, String)>) {
    for token in tokens {
        if let TokenTree::Group(group) = token {
            let strings: Vec<String> = group
                .stream()
                .into_iter()
                .filter_map(|token| Some(syn::parse_str::<syn::LitStr>(&token.to_string()).ok()?.value()))
                .collect();
            match <[String; 2]>::try_from(strings) {
                Ok([english, chinese]) => found.push((english, chinese)),
                Err(_) => collect_pairs(group.stream(), found),
            }
        }
    }
}

#[test]
fn every_text_of_the_libraries_has_a_chinese_one() {
    let known: BTreeSet<String> = entries_without("").iter().map(|(english, _)| normalize(english)).collect();
    let is_covered = |text: &str| {
        let composed = COMPOSED.iter().find(|(own, _)| *own == text).map_or(text, |(_, whole)| *whole);
        known.contains(composed) || UNSEEN.iter().any(|(_, texts)| texts.contains(&text))
    };
    let missing: Vec<_> = texts_below(&LIBRARIES)
        .into_iter()
        .filter(|(text, _)| is_prose(text) && !is_covered(text))
        .map(|(text, file)| format!("{file}: {text:?}"))
        .collect();
    assert!(missing.is_empty(), "without an entry in {CATALOGUE}:\n{}", missing.join("\n"));
}

/// What the sources no longer say has no entry and no exemption.
#[test]
fn the_catalogue_has_no_text_that_nothing_says() {
    let (texts, own) = (texts_below(&LIBRARIES), texts_below(&COMMANDS));
    let is_said = |text: &str| {
        let composed = COMPOSED.iter().find(|(_, whole)| *whole == text).map_or(text, |(own, _)| *own);
        texts.contains_key(composed)
            || own.contains_key(composed)
            || WITH_UNIT.contains(&text)
            || text == TRANSITION
    };
    let entries = entries_without("others.rs");
    let stale: Vec<_> =
        entries.iter().map(|(english, _)| normalize(english)).filter(|text| !is_said(text)).collect();
    assert!(stale.is_empty(), "nothing says:\n{}", stale.join("\n"));
    let exempted = UNSEEN.iter().flat_map(|(_, texts)| *texts);
    let unsaid: Vec<_> = exempted.filter(|text| !texts.contains_key(**text)).collect();
    assert!(unsaid.is_empty(), "nothing says: {unsaid:?}");
    for (file, _) in UNSEEN_FILES {
        assert!(workspace().join(Path::new(file)).exists(), "{file}");
    }
    assert!(entries.len() > 300, "{} entries", entries.len());
}

/// A translation is Chinese, has each value of its text, and is the only one.
#[test]
fn every_chinese_text_has_the_values_of_its_english_one() {
    let entries = entries_without("");
    let values = |text: &str| text.matches('{').count();
    // Letters and marks: some texts are nothing but names.
    let is_chinese =
        |text: &str| text.chars().any(|one| matches!(one, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}'));
    let wrong: Vec<_> = entries
        .iter()
        .filter(|(english, chinese)| values(english) != values(chinese) || !is_chinese(chinese))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let keys: BTreeSet<_> = entries.iter().map(|(english, _)| english).collect();
    assert_eq!(keys.len(), entries.len(), "a text has two entries");
}
