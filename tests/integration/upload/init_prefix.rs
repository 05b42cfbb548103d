//! `init` and the prefix of a rule: keys are no paths.

use super::init::{newcomer, read_settings};
use crate::support::{
    command_line::run_with,
    dialogue::{converse, secret, shown},
};

/// A prefix without a slash matches more than a folder: a terminal is asked, an empty answer shows what is taken, and a script is told.
#[tokio::test]
async fn a_prefix_without_a_slash_is_asked_about() {
    let known = ["init", "--client-id", "c", "--access-token", "t", "--region", "cn-hangzhou", "--force"];
    for (lang, answer, prefix, taken) in [
        ("en", "", "films/", Some("taken: y")),
        ("en", "n", "films", None),
        ("zh", "", "films/", Some("采用：y")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (refresh, bucket, question, key) = match lang {
            "en" => ("refresh token", "bucket to publish", "is the folder films/ meant?", "access key id"),
            _ => ("刷新令牌", "自动发布的 bucket", "是否指目录 films/", "AccessKey ID"),
        };
        let (place, prefix_text, who) = match lang {
            "en" => ("ledger: ", "key prefix", "all or friend"),
            _ => ("台账：", "key 前缀", "all 或 friend"),
        };
        let answers = [
            secret(refresh, ""),
            shown(bucket, "videos"),
            shown(prefix_text, "films"),
            shown(question, answer),
            shown(who, "all"),
            shown(place, ""),
            shown(key, ""),
        ];
        let arguments = [&known[..], &["--lang", lang]].concat();
        let (code, screen) = converse(&newcomer(folder.path()), folder.path(), &arguments, &answers).await;
        assert!(code == Some(0) && taken.is_none_or(|taken| screen.contains(taken)), "{screen}");
        let (_, settings) = read_settings(&folder.path().join("oss2youku.toml"));
        assert_eq!(settings.rules.iter().next().expect("a rule").prefix, prefix, "{screen}");
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("my settings.toml");
    let flags = ["--bucket", "videos", "--prefix", "films", "--public-type", "all", "--lang", "en"];
    let arguments = [&known[..], &flags, &["--out", out.to_str().unwrap()]].concat();
    let output = run_with(newcomer(folder.path()), &arguments).await;
    assert!(output.code == Some(0) && output.out.contains("films-old/"), "{output:?}");
    let next = format!("oss2youku doctor --config '{}'", out.display());
    assert!(output.out.contains(&next), "{output:?}");
}

/// A glob is no prefix, and a ledger within the rule would call the function with each of its entries: a terminal is asked again, a script is
/// refused.
#[tokio::test]
async fn globs_and_a_ledger_within_the_rule_are_refused() {
    let known = ["init", "--client-id", "c", "--access-token", "t", "--region", "cn-hangzhou"];
    for (lang, words) in [
        (
            "en",
            [
                "refresh token",
                "bucket to publish",
                "key prefix",
                "literal",
                "all or friend",
                "ledger: ",
                "outside of",
                "access key id",
            ],
        ),
        (
            "zh",
            [
                "刷新令牌",
                "自动发布的 bucket",
                "key 前缀",
                "按字面匹配",
                "all 或 friend",
                "台账：",
                "之外",
                "AccessKey ID",
            ],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let [refresh, bucket, prefix, literal, who, place, outside, key] = words;
        let answers = [
            secret(refresh, ""),
            shown(bucket, "videos"),
            shown(prefix, "*.mp4"),
            shown(literal, "films/"),
            shown(who, "all"),
            shown(place, "oss://videos/films/ledger/"),
            shown(outside, ""),
            shown(key, ""),
        ];
        let arguments = [&known[..], &["--lang", lang]].concat();
        let (code, screen) = converse(&newcomer(folder.path()), folder.path(), &arguments, &answers).await;
        assert_eq!(code, Some(0), "{screen}");
        let (_, settings) = read_settings(&folder.path().join("oss2youku.toml"));
        assert_eq!(settings.rules.iter().next().expect("a rule").prefix, "films/", "{screen}");
    }
    let folder = tempfile::tempdir().unwrap();
    let rule = ["--bucket", "videos", "--public-type", "all", "--lang", "en"];
    let key = ["--seal-key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="];
    for (flags, word) in [
        (&["--prefix", "films/*"][..], "literal"),
        (&["--ledger", "oss://videos/oss2youku/"], "must lie outside of the rule's bucket videos"),
    ] {
        let arguments = [&known[..], &rule, &key, flags].concat();
        let output = run_with(newcomer(folder.path()), &arguments).await;
        assert!(output.code == Some(2) && output.err.contains(word), "{output:?}");
        assert!(!folder.path().join("oss2youku.toml").exists());
    }
}

/// A flag for what the settings will not have is refused: nothing that was given is dropped in silence.
#[tokio::test]
async fn a_flag_without_the_one_that_it_needs_is_refused() {
    let known = ["init", "--client-id", "c", "--access-token", "t", "--lang", "en"];
    let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    let folder = tempfile::tempdir().unwrap();
    for (flags, words) in [
        (&["--prefix", "films/"][..], "--prefix needs --bucket"),
        (&["--public-type", "all"], "--public-type needs --bucket"),
        (&["--seal-key", key], "--seal-key needs --ledger with a bucket"),
        (&["--seal-key", key, "--ledger", "records"], "--seal-key needs --ledger with a bucket"),
        (&["--new-seal-key"], "--new-seal-key needs --ledger with a bucket"),
    ] {
        let output = run_with(newcomer(folder.path()), &[&known[..], flags].concat()).await;
        assert!(output.code == Some(2) && output.err.contains(words), "{output:?}");
        assert!(!folder.path().join("oss2youku.toml").exists());
    }
}
