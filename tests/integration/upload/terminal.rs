//! What a person sees on a terminal: questions, and bars that leave no trace.

use super::start_env;
use crate::support::{
    MIB, TestEnv, binary,
    command_line::{TIMEOUT, file, operator_variables},
    sample_bytes, workspace,
};
use std::{fs, path::Path, process::Stdio};
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

/// Python's pseudo terminal around a command.
const PTY: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

/// Runs the program on a terminal of its own; returns its exit code and every byte that it wrote there.
async fn on_a_terminal(
    env: &TestEnv,
    folder: &Path,
    arguments: &[&str],
    typed: &str,
) -> (Option<i32>, String) {
    let mut command = Command::new(workspace().join("tests/.tools/venv/bin/python"));
    command.args(["-c", PTY]).arg(binary("oss2youku")).args(arguments);
    command
        .env_clear()
        .envs(operator_variables(env))
        .env("TERM", "xterm")
        .current_dir(folder)
        .kill_on_drop(true);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).await.unwrap();
    let output = timeout(TIMEOUT, child.wait_with_output()).await.expect("it ends").unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// Columns of a terminal that does not state its width.
const WIDTH: usize = 80;

/// The text on a terminal of endless rows after these bytes, and the most rows in use.
fn screen(bytes: &str) -> (Vec<String>, usize) {
    let (mut rows, mut row, mut column) = (vec![Vec::new()], 0_usize, 0_usize);
    let mut rest = bytes.chars();
    while let Some(one) = rest.next() {
        match one {
            '\r' => column = 0,
            '\n' => row += 1,
            '\u{1b}' => {
                assert_eq!(rest.next(), Some('['));
                let mut number = String::new();
                let end = loop {
                    match rest.next().expect("a whole sequence") {
                        one if one.is_ascii_alphabetic() => break one,
                        one => number.push(one),
                    }
                };
                let number = number.parse().unwrap_or(1);
                match end {
                    'A' => row -= number.min(row),
                    'B' => row += number,
                    'K' => rows[row].clear(),
                    'J' => panic!("more is cleared than the bars"),
                    _colour => {}
                }
            }
            other => {
                if column == WIDTH {
                    (row, column) = (row + 1, 0);
                    rows.resize(rows.len().max(row + 1), Vec::new());
                }
                let line: &mut Vec<char> = &mut rows[row];
                line.resize(line.len().max(column + 1), ' ');
                line[column] = other;
                column += 1;
            }
        }
        rows.resize(rows.len().max(row + 1), Vec::new());
    }
    let lines = rows.iter().map(|row| row.iter().collect::<String>().trim_end().to_owned());
    (lines.filter(|line| !line.is_empty()).collect(), rows.len())
}

#[tokio::test]
async fn bars_move_in_their_place_and_leave_only_results() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 3 * MIB));
    fs::write(folder.path().join("b.mp4"), sample_bytes(2, 3 * MIB)).unwrap();
    let arguments = ["upload", "a.mp4", "b.mp4", "--limit-rate", "2M", "--lang", "en"];
    let (code, bytes) = on_a_terminal(&env, folder.path(), &arguments, "").await;
    assert_eq!(code, Some(0), "{bytes}");
    for bar in ["read     a.mp4", "accepted a.mp4", "accepted b.mp4", "all files", "MiB/s"] {
        assert!(bytes.contains(bar), "no {bar}: {bytes:?}");
    }
    assert!(bytes.matches("accepted ").count() > 10, "they move: {bytes:?}");
    let (lines, rows) = screen(&bytes);
    // Two results, too long for one row each, above three bars at most.
    assert!(rows <= 8, "{rows} rows: {bytes:?}");
    let [first, _, second, _] = &lines[..] else { panic!("{lines:?}") };
    assert!(first.starts_with("published ") && second.starts_with("published "), "{lines:?}");
    for bar in ["read ", "accepted", "all files", "█"] {
        assert!(!lines.concat().contains(bar), "{bar} is left: {lines:?}");
    }
}

#[tokio::test]
async fn init_asks_on_a_terminal_for_what_no_flag_says() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    let typed = "the client\n\nthe refresh token\nvideos\nfriend\ncn-hangzhou\n\n";
    let arguments = ["init", "--access-token", "t", "--lang", "en"];
    // The token is not asked for: the first empty line leaves the refresh token out.
    let (code, output) = on_a_terminal(&env, folder.path(), &arguments, typed).await;
    assert_ne!(code, Some(0), "`videos` is no one who may watch: {output}");
    assert!(!folder.path().join("oss2youku.toml").exists());

    // The answer "n" means that no function publishes with the account; otherwise its ledger would be proposed.
    let typed = typed.replacen("\n\nthe refresh token", "\nthe refresh token\nn", 1);
    let (code, output) = on_a_terminal(&env, folder.path(), &arguments, &typed).await;
    assert_eq!(code, Some(0), "{output}");
    let questions =
        ["client id: ", "refresh token: ", "(y/n)", "bucket", "all or friend: ", "region", "ledger: "];
    assert!(questions.iter().all(|question| output.contains(question)), "{output}");
    assert!(!output.contains("access token (cloud"), "a flag answered it: {output}");
    let text = fs::read_to_string(folder.path().join("oss2youku.toml")).unwrap();
    let settings = app::Settings::from_parts("oss2youku.toml", &text, []).unwrap();
    let rule = settings.rules.iter().next().expect("a rule");
    assert_eq!(
        (rule.bucket.as_str(), settings.accounts["main"].client_id.as_str()),
        ("videos", "the client")
    );
    assert!(
        text.contains(r#"refresh_token = "the refresh token""#) && text.contains(r#"public_type = "friend""#)
    );
    assert!(settings.ledger.location.is_none() && settings.source.region.as_deref() == Some("cn-hangzhou"));
}
