//! A program on a pseudo terminal that is stopped by Ctrl-Z, continued, and ended by a signal.

use super::{binary, command_line::TIMEOUT, tools};
use serde_json::Value;
use std::{collections::BTreeMap, path::Path, process::Stdio};
use tokio::{process::Command, time::timeout};

/// What changes a terminal's mode: hidden questions, and bars.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    /// What is typed is not shown.
    Echo,
    /// Control keys are not shown.
    ControlKeys,
}

/// Python's pseudo terminal. Nothing tells when its mode changes, so that is polled.
const PTY: &str = "
import json, os, pty, signal, sys, termios, time
flag, shown, ending = getattr(termios, sys.argv[1]), sys.argv[2].encode(), getattr(signal, sys.argv[3])
child, terminal = pty.fork()
if child == 0:
    # A shell in the background has them ignored.
    for ended_by in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP):
        signal.signal(ended_by, signal.SIG_DFL)
    os.execv(sys.argv[4], sys.argv[4:])
seen = b''
while shown not in seen:
    seen += os.read(terminal, 65536)
def is_own():
    return bool(termios.tcgetattr(terminal)[3] & flag)
def wait_until_changed():
    while is_own():
        time.sleep(0.005)
wait_until_changed()
os.write(terminal, b'\\x1a')
stopped = os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1])
report = {'stopped': stopped, 'own_while_stopped': is_own()}
os.kill(child, signal.SIGCONT)
wait_until_changed()
os.kill(child, ending)
try:
    while os.read(terminal, 65536):
        pass
except OSError:
    pass
report.update(code=os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), own_at_end=is_own())
print(json.dumps(report))
";

/// Presses Ctrl-Z once the terminal shows `shown` and has another mode, continues the program, and sends it the signal `ending` once the mode
/// is back; returns what was seen of it.
pub(crate) async fn suspend(
    (mode, shown, ending): (Mode, &str, &str),
    variables: &BTreeMap<String, String>,
    folder: &Path,
    arguments: &[&str],
) -> Value {
    let flag = match mode {
        Mode::Echo => "ECHO",
        Mode::ControlKeys => "ECHOCTL",
    };
    let mut command = Command::new(tools().join("venv/bin/python"));
    command.args(["-c", PTY, flag, shown, ending]).arg(binary("oss2youku")).args(arguments);
    command.env_clear().envs(variables).env("TERM", "xterm").current_dir(folder).kill_on_drop(true);
    let running = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).output();
    let output = timeout(TIMEOUT, running).await.expect("it ends").unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}
