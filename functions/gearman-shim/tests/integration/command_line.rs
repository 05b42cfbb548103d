//! The program's flags.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::process::{Command, Output};

const REQUIRED: [&str; 6] =
    ["--server", "one,two:1", "--function-url", "http://f/x", "--token-file", "/nowhere/token"];

/// Runs the program without any variable of the environment.
fn run(arguments: impl IntoIterator<Item = &'static str>) -> Output {
    let program = env!("CARGO_BIN_EXE_oss2youku-gearman");
    Command::new(program).env_clear().args(arguments).output().unwrap()
}

fn assert_refused(output: &Output, text: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && errors.contains(text), "{text}: {errors}");
}

/// Servers, the function's URL and a token file.
#[test]
fn a_missing_required_flag_is_named() {
    for missing in [0, 2, 4] {
        let mut arguments = REQUIRED.to_vec();
        arguments.drain(missing..missing + 2);
        assert_refused(&run(arguments), REQUIRED[missing]);
    }
}

#[test]
fn a_value_that_does_not_fit_is_refused_by_its_flag() {
    for (flag, value) in [
        ("--server", "a:b"),
        ("--server", ""),
        ("--function-url", "ftp://f"),
        ("--function-url", "f"),
        ("--function-url", "http://f/?a=b"),
        ("--function-url", "http://f/uploads"),
        ("--function-url", "http://f/video/uploads/"),
        ("--function-url", "http://f/uploads/0123"),
        ("--function-url", "http://f/healthz"),
        ("--jobs", "0"),
        ("--function-name", "two words"),
        ("--max-payload-kib", "5000"),
        ("--budget", "1h"),
        ("--health", "9100"),
    ] {
        assert_refused(&run(REQUIRED.into_iter().chain([flag, value])), flag);
    }
}

/// The log's last line is JSON and names the flag and the file.
#[test]
fn a_token_file_that_is_missing_is_named() {
    let output = run(REQUIRED);
    assert_refused(&output, "--token-file /nowhere/token");
    let line: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(line["message"], "cannot start");
}

/// The process that started it may be gone: what cannot be logged is lost, and the program ends as it would have.
#[test]
fn a_log_that_nobody_reads_ends_nothing() {
    let program = env!("CARGO_BIN_EXE_oss2youku-gearman");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(program).env_clear().args(REQUIRED).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(2), "101 is a panic");
}

/// A person who reads Chinese is told in Chinese what is wrong, in the language of the environment or of the flag.
#[test]
fn mistakes_are_named_in_the_language_in_use() {
    let program = env!("CARGO_BIN_EXE_oss2youku-gearman");
    let by_variable = Command::new(program).env_clear().env("LANG", "zh_CN.UTF-8").output().unwrap();
    let by_flag = Command::new(program).env_clear().args(["--lang", "zh"]).output().unwrap();
    for output in [by_variable, by_flag] {
        assert_refused(
            &output,
            "错误：缺少参数：--server <HOST:PORT>、--function-url <URL>、--token-file <FILE>\n",
        );
        assert_refused(&output, "\n用法：oss2youku-gearman ");
    }
}
