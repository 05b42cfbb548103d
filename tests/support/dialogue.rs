//! A dialogue with a program on a pseudo terminal: each answer is typed once its question stands there.

use super::{binary, command_line::TIMEOUT, tools};
use serde_json::json;
use std::{collections::BTreeMap, path::Path, process::Stdio};
use tokio::{process::Command, time::timeout};

/// One answer. A secret one is typed once the terminal does not show what is typed: otherwise the dialogue never ends.
pub(crate) struct Answer<'a> {
    pub(crate) question: &'a str,
    pub(crate) typed: &'a str,
    pub(crate) is_secret: bool,
}

/// An answer that is shown.
pub(crate) fn shown<'a>(question: &'a str, typed: &'a str) -> Answer<'a> {
    Answer { question, typed, is_secret: false }
}

/// An answer that is not.
pub(crate) fn secret<'a>(question: &'a str, typed: &'a str) -> Answer<'a> {
    Answer { question, typed, is_secret: true }
}

/// Python's pseudo terminal. Nothing tells when the echo is turned off, so that is polled.
const PTY: &str = "
import json, os, pty, signal, sys, termios, time
answers, program = json.loads(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    # A shell in the background has it ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execv(program[0], program)
seen, at, is_open = b'', 0, True
def read():
    global seen, is_open
    try:
        more = os.read(terminal, 65536)
    except OSError:
        more = b''
    seen, is_open = seen + more, bool(more)
for question, typed, is_secret in answers:
    while is_open and question.encode() not in seen[at:]:
        read()
    if not is_open:
        break
    at = seen.index(question.encode(), at) + len(question.encode())
    while is_secret and termios.tcgetattr(terminal)[3] & termios.ECHO:
        time.sleep(0.005)
    os.write(terminal, typed.encode() + b'\\n')
while is_open:
    read()
sys.stdout.buffer.write(seen)
if not termios.tcgetattr(terminal)[3] & termios.ECHO:
    sys.stdout.buffer.write(b'<echo is off>')
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";

/// Runs the program with these variables alone on a terminal of its own; returns its exit code and what stood on the terminal.
pub(crate) async fn converse(
    variables: &BTreeMap<String, String>,
    folder: &Path,
    arguments: &[&str],
    answers: &[Answer<'_>],
) -> (Option<i32>, String) {
    let answers: Vec<_> = answers.iter().map(|one| json!([one.question, one.typed, one.is_secret])).collect();
    let mut command = Command::new(tools().join("venv/bin/python"));
    command.args(["-c", PTY]).arg(json!(answers).to_string()).arg(binary("oss2youku")).args(arguments);
    command.env_clear().envs(variables).env("TERM", "xterm").current_dir(folder).kill_on_drop(true);
    let running = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).output();
    let output = timeout(TIMEOUT, running).await.expect("it ends").unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}
