//! Invalid input: every message names the thing and the remedy, in both languages, and repeats no secret.

use super::start_env;
use crate::support::{
    TestEnv,
    command_line::{CommandOutput, command, run_command},
    sample_bytes,
};
use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt, path::Path};

/// Variables, arguments, the exit code, and what the message must contain.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], i32, &'a [&'a str]);

const NOWHERE: &str = "http://127.0.0.1:1";
const IMPATIENT: (&str, &str) = ("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1");
const ID: &str = "00000000000000000000000000000000";

async fn run_case(env: &TestEnv, folder: &Path, case: &Case<'_>, lang: &str) -> CommandOutput {
    let mut command = command(env, folder, case.1);
    command.envs(case.0.iter().copied()).env("LANG", lang);
    run_command(command).await
}

#[tokio::test]
async fn every_bad_input_is_named_with_the_way_out_in_both_languages() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("a.mp4", "bytes of a video"),
        ("empty.mp4", ""),
        ("note.txt", "no video"),
        ("broken.toml", "title = 'x'\ntags = [\n  'a' 'b'\n]\n"),
        ("unknown.toml", "titel = 'x'\n"),
        ("secret.toml", "title = 'x'\nwatch_password = 91827364\n"),
        ("sidecar.json", "\u{feff}{\r\n\"titel\": \"x\"}\r\n"),
        ("settings.toml", "[ledger]\nlocation = oops s3cret\n"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    fs::write(folder.path().join("gbk.toml"), b"title = '\xb4\xba\xcd\xed'\n").unwrap();
    fs::create_dir(folder.path().join("none")).unwrap();
    env.put("a.mp4", &sample_bytes(1, 1000)).await;

    let (title, long) = ("影".repeat(61), "文".repeat(2000));
    let tags = ["tag"; 11].join(",");
    let cases: &[Case<'_>] = &[
        // Files.
        (&[], &["upload", "nowhere.mp4"], 3, &["nowhere.mp4", "check the path"]),
        (&[], &["upload", "."], 2, &["directory", "--recursive"]),
        (
            &[],
            &["invoke", "a.mp4", "--function-url", NOWHERE],
            2,
            &["a.mp4 names no object", "oss://bucket/key"],
        ),
        (&[], &["upload", "empty.mp4"], 5, &["empty.mp4", "is empty"]),
        (&[], &["upload", "note.txt"], 5, &["note.txt", "extension of a video", "not .txt", "m4v, dvix"]),
        (&[], &["upload", "/dev/null"], 5, &["/dev/null", "not a regular file"]),
        (&[], &["upload", "-r", "none"], 3, &["none", "no video under it"]),
        (&[], &["upload", "-r", "nowhere"], 3, &["nowhere", "check the path"]),
        (&[], &["upload", "http://host/a.mp4"], 2, &["http://host/a.mp4", "oss://bucket/key"]),
        (&[], &["upload", "oss://videos"], 2, &["oss://videos", "oss://bucket/key"]),
        // What is stated.
        (
            &[],
            &["upload", "a.mp4", "--title", &title],
            5,
            &["title has 61 characters, 1 to 60 are allowed", "--title"],
        ),
        (&[], &["upload", "a.mp4", "--title", ""], 5, &["title has 0 characters, 1 to 60 are allowed"]),
        (&[], &["upload", "a.mp4", "--title", "{name}"], 2, &["{name}", "{stem}"]),
        (
            &[],
            &["upload", "a.mp4", "--category", "news"],
            5,
            &["category must be one of Youku's", "News, Entertainment", "not an unknown one"],
        ),
        (&[], &["upload", "a.mp4", "--tags", "one,t\u{202e}wo"], 5, &["tag 2 must be free of", "U+202E"]),
        (&[], &["upload", "a.mp4", "--description", "a\u{200b}"], 5, &["description must be free", "U+200B"]),
        (&[], &["upload", "a.mp4", "--tags", &tags], 5, &["tags has 11 entries, 1 to 10 are allowed"]),
        (&[], &["upload", "a.mp4", "--tags", "one,x"], 5, &["tag 2 has 1 character, 2 to 20 are allowed"]),
        (
            &[],
            &["upload", "a.mp4", "--description", &long],
            5,
            &["description has 2000 characters, at most 1999 are allowed"],
        ),
        (&[], &["upload", "a.mp4", "--public-type", "password"], 5, &["watch_password must be given"]),
        (
            &[],
            &["upload", "a.mp4", "--watch-password", "s3cret"],
            5,
            &["watch_password must be stated with public_type password, not with public_type all"],
        ),
        (
            &[],
            &["upload", "oss://videos/a.mp4", "--watch-password", "s3cret", "--public-type", "friend"],
            5,
            &["watch_password needs public_type password"],
        ),
        (&[], &["upload", "a.mp4", "--public-type", "nobody"], 2, &["--public-type", "friend"]),
        (&[], &["upload", "a.mp4", "--copyright-type", "mine"], 2, &["--copyright-type", "original"]),
        (&[], &["upload", "a.mp4", "--mode", "fast"], 2, &["--mode", "slice"]),
        (&[], &["upload", "a.mp4", "--meta", "nowhere.toml"], 2, &["--meta", "nowhere.toml"]),
        (&[], &["upload", "a.mp4", "--meta", "broken.toml"], 2, &["broken.toml", "line: 3", "column: 7"]),
        (&[], &["upload", "a.mp4", "--meta", "unknown.toml"], 2, &["titel", "line: 1, column: 1", "`title`"]),
        (&[], &["upload", "a.mp4", "--meta", "secret.toml"], 2, &["line: 2", "expected a string"]),
        (
            &[],
            &["upload", "a.mp4", "--meta", "sidecar.json"],
            2,
            &["sidecar.json", "titel is not a known name"],
        ),
        (&[], &["upload", "a.mp4", "--meta", "gbk.toml"], 2, &["gbk.toml", "UTF-8"]),
        (&[], &["upload", "a.mp4", "--account", "x"], 2, &["account: x", "accounts: main"]),
        (&[], &["upload", "a.mp4", "--again", "a b"], 2, &["--again", "visible ASCII"]),
        (&[], &["upload", "a.mp4", "--limit-rate", "1K"], 2, &["--limit-rate", "at least 16K"]),
        (&[], &["upload", "a.mp4", "--limit-rate", "fast"], 2, &["--limit-rate", "20M"]),
        (&[], &["upload", "a.mp4", "--parallel", "0"], 2, &["--parallel", "1"]),
        (&[], &["upload", "a.mp4", "--parallel", "17"], 2, &["--parallel", "16"]),
        (
            &[],
            &["upload", "a.mp4", "--callback", "http://example.com/?s3cret"],
            2,
            &["--callback", "[callback]"],
        ),
        (
            &[],
            &["upload", "a.mp4", "--callback", "https://127.0.0.1/?s3cret"],
            2,
            &["--callback", "not allowed"],
        ),
        (&[], &["upload", "a.mp4", "--callback", "s3cret"], 2, &["--callback", "http URL"]),
        // The command line.
        (&[], &["upload"], 2, &["SOURCE"]),
        (&[], &["uplaod", "a.mp4"], 2, &["uplaod"]),
        (&[], &["upload", "a.mp4", "--titel", "x"], 2, &["--titel"]),
        (&[], &["upload", "a.mp4", "--lang", "fr"], 2, &["--lang", "zh"]),
        (&[], &["completions", "tcsh"], 2, &["tcsh", "zsh"]),
        (&[], &["explain", ID], 3, &[ID, "ledger"]),
        (&[], &["cancel", ID], 3, &[ID, "ledger"]),
        (&[], &["replay-callback", "x"], 3, &["no such upload: x", "ledger"]),
        // Stores, Youku and credentials.
        (&[], &["upload", "oss://videos/nowhere.mp4"], 3, &["nowhere.mp4", "Check bucket and key"]),
        (&[], &["upload", "oss://nowhere/a.mp4"], 3, &["bucket does not exist", "nowhere"]),
        (&[], &["upload", "-r", "oss://nowhere/a/"], 3, &["bucket does not exist", "nowhere"]),
        (&[], &["upload", "oss://videos/in/../a.mp4"], 5, &["the key has a segment . or .."]),
        (
            &[("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s3cret")],
            &["upload", "oss://videos/a.mp4"],
            6,
            &["access_key_secret", "belong together"],
        ),
        (
            &[("ALIBABA_CLOUD_ACCESS_KEY_ID", "nobody")],
            &["upload", "oss://videos/a.mp4"],
            6,
            &["access_key_id"],
        ),
        (
            &[("OSS2YOUKU_SOURCE__ENDPOINT", NOWHERE), IMPATIENT],
            &["upload", "oss://videos/a.mp4"],
            7,
            &["same command again", "127.0.0.1:1 cannot be reached"],
        ),
        (
            &[("OSS2YOUKU_YOUKU__API", NOWHERE), IMPATIENT],
            &["upload", "a.mp4", "--again", "1"],
            7,
            &["same command again", "127.0.0.1:1 cannot be reached"],
        ),
        (
            &[
                ("OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN", "s3cret"),
                ("OSS2YOUKU_ACCOUNTS__MAIN__REFRESH_TOKEN", "s3cret"),
            ],
            &["upload", "a.mp4", "--again", "2"],
            6,
            &["access_token", "doctor"],
        ),
        // Settings.
        (&[("OSS2YOUKU_CONFIG", "nowhere.toml")], &["list"], 2, &["nowhere.toml", "OSS2YOUKU_CONFIG"]),
        (&[("OSS2YOUKU_CONFIG", "settings.toml")], &["list"], 2, &["settings.toml", "line: 2, column: 12"]),
        (&[], &["list", "--config", "nowhere.toml"], 2, &["nowhere.toml", "--config"]),
        (&[], &["--config", "nowhere.toml", "sweep"], 2, &["nowhere.toml"]),
        (
            &[("OSS2YOUKU_CONFIG", "nowhere.toml")],
            &["list", "--config", "settings.toml"],
            2,
            &["settings.toml", "line: 2, column: 12"],
        ),
        (&[("OSS2YOUKU_YOUKU__APII", "x")], &["list"], 2, &["apii", "oss2youku init"]),
        (&[("OSS2YOUKU_LEDGER__SEAL_KEY", "s3cret")], &["list"], 2, &["32 bytes in base64"]),
        (
            &[("OSS2YOUKU_LEDGER__LOCATION", "ftp://x")],
            &["list"],
            2,
            &["ledger.location", "oss://bucket/prefix/"],
        ),
        (
            &[("OSS2YOUKU_LEDGER__LOCATION", "/proc/nowhere")],
            &["upload", "a.mp4", "--again", "3"],
            2,
            &["/proc/nowhere"],
        ),
    ];
    assert!(cases.len() >= 40);
    for case in cases {
        let english = run_case(&env, folder.path(), case, "en_US.UTF-8").await;
        let (_, arguments, code, words) = case;
        assert_eq!(english.code, Some(*code), "{arguments:?}: {english:?}");
        assert!(words.iter().all(|word| english.err.contains(word)), "{arguments:?}: {}", english.err);
        let chinese = run_case(&env, folder.path(), case, "zh_CN.UTF-8").await;
        assert_eq!(chinese.code, Some(*code), "{arguments:?}: {chinese:?}");
        assert!(chinese.err.chars().any(|one| ('\u{4e00}'..'\u{a000}').contains(&one)), "{}", chinese.err);
        for output in [english, chinese] {
            assert!(
                output.out.is_empty() && !output.err.contains("s3cret") && !output.err.contains("91827364"),
                "{output:?}"
            );
        }
    }
    for lang in ["en_US.UTF-8", "zh_CN.UTF-8"] {
        let extension = run_case(&env, folder.path(), &(&[], &["upload", "note.txt"], 5, &[]), lang).await;
        assert!(!extension.err.contains("--title"), "no flag mends an extension: {}", extension.err);
        let key: Case<'_> = (&[], &["upload", "oss://videos/in/../a.mp4"], 5, &[]);
        let key = run_case(&env, folder.path(), &key, lang).await;
        assert!(!key.err.contains("HeadObject"), "{}", key.err);
    }
    let odd = Path::new(OsStr::from_bytes(b"odd\xff.mp4"));
    fs::write(folder.path().join(odd), "bytes").unwrap();
    let mut command = command(&env, folder.path(), &["upload"]);
    command.arg(odd);
    assert_eq!(run_command(command).await.code, Some(5), "a name that is no text is refused");
    assert!(env.clouds.youku.videos().is_empty(), "nothing of all that was published");
}
