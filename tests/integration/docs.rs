//! The documents: links lead somewhere, both languages have the same pages, and the READMEs stay short.

use crate::support::workspace;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const GUIDE: &str = "docs/guide";
const CHINESE: &str = "docs/guide/zh";
/// The lines of a README: more belongs into the guide.
const README_LINES: usize = 150;
/// Folders that hold no document of this repository.
const SKIPPED: [&str; 2] = ["target", "node_modules"];

fn markdown_in(folder: &Path) -> BTreeSet<String> {
    let entries =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    entries.filter(|name| name.ends_with(".md")).collect()
}

/// Every page in both languages: the READMEs, then the guide's.
pub(crate) fn pages() -> Vec<(String, String)> {
    let guide = markdown_in(&workspace().join(GUIDE)).into_iter();
    let guide = guide.map(|name| (format!("{GUIDE}/{name}"), format!("{CHINESE}/{name}")));
    [("README.md".to_owned(), "README.zh-CN.md".to_owned())].into_iter().chain(guide).collect()
}

/// Every Markdown file of the repository.
fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with('.') || SKIPPED.contains(&name) {
            continue;
        }
        if path.is_dir() {
            documents(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

/// A document's lines outside its blocks of code.
pub(crate) fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_block = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_block ^= is_fence;
        !in_block && !is_fence
    })
}

/// A line without what stands between backticks.
pub(crate) fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// The targets of the links and images of a document.
fn links(text: &str) -> Vec<String> {
    let targets = prose(text).map(without_code).flat_map(|line| {
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        targets.map(|(target, _)| target.to_owned()).collect::<Vec<_>>()
    });
    targets.collect()
}

/// The anchors of a document's headings, as hosts of repositories make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings =
        prose(text).filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let mut anchors = BTreeSet::new();
    for heading in headings {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let anchor: String = kept.collect::<String>().to_lowercase().replace(' ', "-");
        let same = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone()).chain(same).find(|name| !anchors.contains(name));
        anchors.extend(free);
    }
    anchors
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let (mut found, mut broken, mut checked) = (Vec::new(), Vec::new(), 0);
    documents(&workspace(), &mut found);
    for document in &found {
        let text = fs::read_to_string(document).unwrap();
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            checked += 1;
            let (file, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(file, to)| (file, Some(to)));
            let target =
                if file.is_empty() { document.clone() } else { document.parent().unwrap().join(file) };
            let leads = target.exists()
                && anchor
                    .is_none_or(|anchor| anchors(&fs::read_to_string(&target).unwrap()).contains(anchor));
            if !leads {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(checked > 50, "{checked} links");
}

#[test]
fn the_readmes_are_short_and_name_every_page_of_the_guide() {
    for (readme, folder) in [("README.md", GUIDE), ("README.zh-CN.md", CHINESE)] {
        let text = fs::read_to_string(workspace().join(readme)).unwrap();
        assert!(text.lines().count() <= README_LINES, "{readme} has {} lines", text.lines().count());
        for page in markdown_in(&workspace().join(folder)) {
            let page = format!("{folder}/{page}");
            assert!(
                links(&text).iter().any(|link| link.split('#').next() == Some(&page)),
                "{readme} lacks {page}"
            );
        }
    }
}

#[test]
fn the_guide_has_the_same_pages_in_both_languages() {
    let root = workspace();
    assert_eq!(markdown_in(&root.join(GUIDE)), markdown_in(&root.join(CHINESE)));
}

#[test]
fn anchors_are_made_as_hosts_make_them() {
    let text = "# A `b.c`: d_e\n```sh\n# none\n```\n## 访问令牌（令牌）\n## Same\n## Same\n";
    let expected = ["a-bc-d_e", "same", "same-1", "访问令牌令牌"].map(str::to_owned);
    assert_eq!(anchors(text), BTreeSet::from(expected));
    assert_eq!(links("[a](b.md#c) `[d](e)` ![f](g.svg)\n```\n[h](i)\n```\n"), ["b.md#c", "g.svg"]);
}

/// The names of an entry's fields and steps, and the reasons for which uploads wait.
fn names(entry: &Value, found: &mut BTreeSet<String>) {
    match entry {
        Value::Object(fields) => {
            for (name, value) in fields {
                found.insert(name.clone());
                if matches!(name.as_str(), "step" | "reason" | "ended") {
                    found.extend(value.as_str().filter(|word| !word.contains(':')).map(str::to_owned));
                }
                names(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, found)),
        _ => {}
    }
}

/// Every entry of the ledger that is kept as a file.
fn fixtures(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            fixtures(&path, found);
        } else if name.starts_with("v1-") && name.ends_with(".json") {
            found.push(path);
        }
    }
}

#[test]
fn the_ledgers_format_is_documented_name_by_name() {
    let text = fs::read_to_string(workspace().join("docs/ledger-format.md")).unwrap();
    let (mut files, mut found) = (Vec::new(), BTreeSet::new());
    fixtures(&workspace().join("shared/upload-core"), &mut files);
    for file in &files {
        names(&serde_json::from_slice(&fs::read(file).unwrap()).unwrap(), &mut found);
    }
    let is_told =
        |name: &String| text.contains(&format!("`{name}`")) || text.contains(&format!("\"{name}\""));
    let missing: Vec<_> = found.iter().filter(|name| !is_told(name)).collect();
    assert!(missing.is_empty() && files.len() > 25 && found.len() > 60, "{missing:?} of {found:?}");
}

/// The inside of a macro's parentheses, of which `text` begins after the first.
fn arguments(text: &str) -> &str {
    let (mut depth, mut in_text, mut before) = (1, false, ' ');
    for (at, character) in text.char_indices() {
        match character {
            '"' if before != '\\' => in_text = !in_text,
            '(' | '[' | '{' if !in_text => depth += 1,
            ')' | ']' | '}' if !in_text => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
        before = character;
    }
    text
}

/// The names of the fields that a log macro with these arguments writes.
fn fields(arguments: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut in_text) = (0, false);
    let parts = arguments.split(move |character| {
        match character {
            '"' => in_text = !in_text,
            '(' | '[' | '{' if !in_text => depth += 1,
            ')' | ']' | '}' if !in_text => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0 && !in_text
    });
    let name = |part: &str| part.split('=').next().map_or(0, str::len);
    parts.filter_map(move |part| {
        let field = part[..name(part)].trim().trim_start_matches(['?', '%']);
        let is_name = !field.is_empty() && field.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_name.then_some(field)
    })
}

#[test]
fn every_field_of_the_logs_is_documented() {
    let documented = fs::read_to_string(workspace().join("docs/logging.md")).unwrap();
    let mut found = BTreeSet::new();
    for (name, text) in crate::house::sources(&["functions", "shared"]) {
        if name.contains("local-clouds") || name.contains("test") || name.contains("/examples/") {
            continue;
        }
        for level in ["error", "warn", "info", "debug", "info_span"] {
            for rest in text.split(&format!("{level}!(")).skip(1) {
                found.extend(fields(arguments(rest)).map(str::to_owned));
            }
        }
    }
    let missing: Vec<_> = found.iter().filter(|field| !documented.contains(&format!("`{field}`"))).collect();
    assert!(missing.is_empty() && found.len() > 35, "{missing:?} of {found:?}");
}

#[test]
fn the_guarantees_name_tests_that_there_are() {
    let text = fs::read_to_string(workspace().join("docs/guarantees.md")).unwrap();
    let sources = crate::house::sources(&["tests", "shared/upload-core", "shared/app"]);
    let paths = sources.iter().flat_map(|(name, _)| name.trim_end_matches(".rs").split('/'));
    let known: BTreeSet<&str> = paths.collect();
    let (mut missing, mut checked) = (Vec::new(), 0);
    let proofs = text.lines().filter(|line| line.starts_with('|')).filter_map(|line| line.split('|').nth(2));
    for name in proofs.flat_map(|proof| proof.split('`').skip(1).step_by(2)) {
        for part in name.split("::") {
            checked += 1;
            if !known.contains(part) {
                missing.push(name);
            }
        }
    }
    assert!(missing.is_empty() && checked > 60, "{missing:?} of {checked}");
}
