//! Golden bodies: each event, format and language, byte for byte.

use crate::samples::{line, mixed, single};
use chat_robots::{Digest, Event, Format, Language};
use std::{fmt::Write, fs, path::Path};

/// The bodies that a format makes of every digest, a heading and a line of JSON each.
fn bodies(format: Format, language: Language) -> String {
    let mut digests: Vec<_> = Event::ALL.map(|event| (event.as_str(), single(line(event)))).into();
    digests.push(("mixed", mixed()));
    digests.push(("test", Digest::test("oss2youku")));
    let mut text = String::new();
    for (name, digest) in digests {
        // A keyword in one of them is enough: it stands in the same place everywhere.
        let keyword = (name == "test").then_some("发布");
        writeln!(text, "== {name}\n{}", format.body(&digest, language, keyword)).unwrap();
    }
    text
}

#[track_caller]
fn assert_golden(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/robots/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, text).unwrap();
    }
    let golden = fs::read_to_string(&file).unwrap_or_default();
    for (line, golden) in text.lines().zip(golden.lines()) {
        assert_eq!(line, golden, "{name}");
    }
    assert_eq!(text, golden, "{name}");
}

#[test]
fn bodies_are_those_of_the_golden_files() {
    let languages = [(Language::English, "en"), (Language::Chinese, "zh")];
    for format in Format::ALL {
        let name = format!("{}-{}", format.vendor().as_str(), format.as_str());
        for (language, word) in languages {
            assert_golden(&format!("{name}.{word}.txt"), &bodies(format, language));
        }
    }
}

/// Each reader of a Feishu text sees the app's language: the setting changes nothing.
#[test]
fn a_post_is_the_same_for_both_languages() {
    let body = |language| bodies(Format::FeishuPost, language);
    assert_eq!(body(Language::English), body(Language::Chinese));
}
