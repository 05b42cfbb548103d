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
