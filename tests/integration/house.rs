//! The rule of the house: files that one sitting can read, and tests whose names do.

use crate::support::workspace;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Lines of a source file.
const LINES: usize = 350;
/// Characters of a test's name; its doc comment has room for the story.
const NAME: usize = 60;

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            rust_files(&path, found);
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
}

/// Every Rust file of these folders, by its path from the root.
pub(crate) fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in folders {
        rust_files(&workspace().join(folder), &mut found);
    }
    found.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(workspace()).unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    found.into_iter().map(read).collect()
}

#[test]
fn no_source_file_is_longer_than_one_sitting() {
    let sources = sources(&["functions", "shared"]);
    let in_src = sources.iter().filter(|(name, _)| name.contains("/src/"));
    let long: Vec<_> =
        in_src.map(|(name, text)| (name, text.lines().count())).filter(|(_, lines)| *lines > LINES).collect();
    assert!(long.is_empty(), "longer than {LINES} lines: {long:#?}");
}

/// The names of a file's tests.
fn tests_of(text: &str) -> Vec<&str> {
    let (mut names, mut is_test) = (Vec::new(), false);
    for line in text.lines().map(str::trim_start) {
        is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        if is_test
            && let Some((before, rest)) = line.split_once("fn ")
            && !line.starts_with("//")
            && (before.is_empty() || before.ends_with(' '))
        {
            names.extend(rest.split(['(', '<']).next());
            is_test = false;
        }
    }
    names
}

#[test]
fn names_of_tests_are_short() {
    let sources = sources(&["functions", "shared", "tests"]);
    let tests: Vec<_> = sources.iter().flat_map(|(_, text)| tests_of(text)).collect();
    let long: Vec<_> = tests.iter().filter(|name| name.len() > NAME).collect();
    assert!(long.is_empty(), "{} names are longer than {NAME} characters: {long:#?}", long.len());
    assert!(tests.len() > 1000, "{} tests", tests.len());
}
